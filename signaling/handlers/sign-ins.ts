/** Sign-in: asked for by staff, answered once by each student. */
import type { Handlers } from '../dispatch.ts'
import { tookMs } from '../in-time.ts'
import { AppError } from '../protocol/errors.ts'
import type { Person } from '../protocol/events.ts'
import type { signInRequests } from '../protocol/sign-ins.ts'
import type { Room } from '../room.ts'
import type { Seat } from './caller.ts'
import { pageByName } from './roster.ts'
import { limit } from './talking.ts'

export const signInHandlers: Handlers<Seat, keyof typeof signInRequests> = {
  openSignIn({ room, peer }, { seconds }) {
    if (room.state.signIn?.open) throw new AppError('conflict', 'a sign-in is open')
    return room.record('signInOpened', peer.person, { seconds })
  },

  /** Its end has no secret: who sees it late may sign in until it has come in their own picture. */
  signIn(seat, { signInSeq, behindMs }) {
    const { room, peer } = seat
    const signIn = signInIn(room, signInSeq)
    if (peer.isStaff) throw new AppError('forbidden', 'staff do not sign in')
    if (signIn.came.has(peer.id)) throw new AppError('conflict', 'they have signed in')
    tookMs(peer, signIn, room.now(), behindMs)
    limit(seat)
    return room.record('signedIn', peer.person, { signInSeq })
  },

  closeSignIn({ room, peer }, { signInSeq }) {
    if (!signInIn(room, signInSeq).open) throw new AppError('conflict', 'this sign-in is over')
    return room.record('signInClosed', peer.person, { signInSeq })
  },

  listSignedIn({ room }, { signInSeq, who, after }) {
    const { came } = signInIn(room, signInSeq)
    const people =
      who === 'came' ? [...came.keys()].flatMap((id) => room.state.people.get(id) ?? []) : missing(room, came)
    const { page, next } = pageByName(people, (person) => person, after)
    return {
      people: page.map((person) => ({ person, at: came.get(person.peerId) ?? null })),
      total: people.length,
      next,
    }
  },
}

/** The students who are here and have not signed in. */
const missing = (room: Room, came: Map<string, number>): Person[] =>
  [...room.peers()].flatMap(({ person }) => (person.role === 'student' && !came.has(person.peerId) ? person : []))

function signInIn({ state: { signIn } }: Room, signInSeq: number) {
  if (signIn?.signInSeq !== signInSeq) throw new AppError('conflict', 'this is not the last sign-in')
  return signIn
}

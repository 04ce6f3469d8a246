import t from 'tap'
import type { Role } from '../../signaling/protocol/events.ts'
import { type Data, type Method, requests } from '../../signaling/protocol/index.ts'
import { mediaRequests } from '../../signaling/protocol/media.ts'
import { openClassroom } from '../support/classroom.ts'
import { RequestError } from '../support/client.ts'

type Asked = Exclude<Method, keyof typeof mediaRequests | 'join' | 'leave'>

const blank = { fileId: null, number: 1 }
const look = { tool: 'pen' as const, colour: 'ink' as const, width: 8, points: [0, 0] }

/** Who may ask for what, whatever the room then says to it: everyone (e), staff (s), the teacher (t). */
const table: { [M in Asked]: ['e' | 's' | 't', Data<M>] } = {
  ping: ['e', {}],
  listPeers: ['e', {}],
  listEvents: ['e', { beforeSeq: 1 }],
  sendMessage: ['e', { text: 'hello' }],
  raiseHand: ['e', {}],
  vote: ['e', { pollSeq: 99, choices: [0] }],
  askQuestion: ['e', { text: 'why?', anonymous: false }],
  voteQuestion: ['e', { questionSeq: 99, up: true }],
  /** Of another person, who is not there: nobody is told whether they were allowed. */
  deleteMessage: ['e', { messageSeq: 99 }],
  dismissQuestion: ['e', { questionSeq: 99 }],
  lowerHand: ['e', {}],
  takeFloor: ['s', { peerId: 'somebody' }],
  chooseLayout: ['s', { layout: 'grid' }],
  giveFloor: ['s', { peerId: 'somebody' }],
  openPoll: ['s', { question: 'q', options: ['a', 'b'], multiple: false }],
  closePoll: ['s', { pollSeq: 99 }],
  listRanking: ['e', {}],
  openSignIn: ['s', { seconds: 60 }],
  closeSignIn: ['s', { signInSeq: 99 }],
  listSignedIn: ['s', { signInSeq: 99, who: 'came' }],
  /** Students alone, which is told where there is one. */
  signIn: ['e', { signInSeq: 99 }],
  mutePeer: ['s', { peerId: 'somebody' }],
  unmutePeer: ['s', { peerId: 'somebody' }],
  removePeer: ['s', { peerId: 'somebody' }],
  readmitPeer: ['s', { peerId: 'somebody' }],
  listRemoved: ['s', {}],
  lowerAllHands: ['s', {}],
  pinMessage: ['s', { messageSeq: null }],
  reportMessage: ['e', { messageSeq: 99 }],
  decideHeld: ['s', { heldSeq: 99, accept: true }],
  dismissReport: ['s', { messageSeq: 99 }],
  listReports: ['s', {}],
  changeWords: ['s', { words: [] }],
  listModeration: ['s', {}],
  changeSettings: ['s', {}],
  promoteMessage: ['s', { messageSeq: 99 }],
  takeQuestion: ['s', { questionSeq: 99 }],
  answerQuestion: ['s', { questionSeq: 99, text: null }],
  reopenQuestion: ['s', { questionSeq: 99 }],
  mergeQuestion: ['s', { questionSeq: 99, intoSeq: 98 }],
  openDeck: ['s', { fileId: '6f1d0a52-9a3f-4b8e-8d0a-1f2e3d4c5b6a', pages: 1 }],
  showPage: ['s', { page: null }],
  clearPage: ['s', { page: blank }],
  showOffer: ['s', { offer: null }],
  announce: ['s', { text: null }],
  givePen: ['s', { peerId: 'somebody' }],
  takePen: ['s', { peerId: 'somebody' }],
  /** Students may draw with a pen that was lent to them. */
  drawStroke: ['s', { page: blank, stroke: { id: 'one', ...look } }],
  eraseStrokes: ['s', { page: blank, strokeIds: ['one'] }],
  sketch: ['s', { page: blank, id: 'one', ...look }],
  point: ['s', { page: blank, at: null }],
  listStrokes: ['e', { page: blank }],
  react: ['e', { like: 1, applause: 0, heart: 0 }],
  startClass: ['t', {}],
  endClass: ['t', {}],
}

const allowed: Record<'e' | 's' | 't', Role[]> = {
  e: ['student', 'assistant', 'teacher'],
  s: ['assistant', 'teacher'],
  t: ['teacher'],
}

t.test('each request is for its roles, and the table names them all', async (t) => {
  t.strictSame(
    Object.keys(table).sort(),
    Object.keys(requests)
      .filter((method) => !(method in mediaRequests) && method !== 'join' && method !== 'leave')
      .sort(),
  )
  const { enter } = await openClassroom(t)
  for (const role of ['student', 'assistant', 'teacher'] as const) {
    const client = await enter(role, role)
    for (const [method, [whose, data]] of Object.entries(table)) {
      const refusal = await client.request(method as Method, data as never).then(
        () => null,
        (error: unknown) => (error instanceof RequestError ? error.code : error),
      )
      t.equal(refusal === 'forbidden', !allowed[whose].includes(role), `${method} by a ${role}: ${refusal ?? 'done'}`)
    }
  }
})

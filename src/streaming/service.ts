/** The ways of clients that are no pages of ours: encoders in with a stream key, players out with a ticket. */
import { randomUUID } from 'node:crypto'
import type { Db } from '../../db/client.ts'
import type { Bus, Incoming, PlainWay, SdpSession } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Lesson } from '../courses/schema.ts'
import type { LessonService } from '../courses/service.ts'
import type { IceServer } from '../entitlements/schema.ts'
import type { Entitlements } from '../entitlements/service.ts'
import type { SignedInUser } from '../http/auth.ts'
import { holderOf, keyMadeAt, makeKey, removeKey } from './keys.ts'
import { type RtmpDeps, RtmpStreams, type StreamHelper } from './rtmp.ts'
import type { NewStreamKey, StreamAccess } from './schema.ts'
import { SdpSessions } from './sessions.ts'

/** The rooms, for those who come with a ticket and an offer of SDP. */
export interface StreamRooms {
  /** Takes the teacher's picture and sound. `ended` is called once, when that is over. */
  receive(ticket: string, offer: string, ended: () => void): Promise<SdpSession>
  /** The same for what a helper on this machine sends as plain RTP. */
  receivePlain(ticket: string, ended: () => void): Promise<Incoming & PlainWay>
  /** Sends the class to a player in place of this person's page. Throws `not_live` while nothing is shown. */
  watch(lessonId: string, ticket: string, offer: string, ended: () => void): Promise<SdpSession>
}

export type StreamingDeps = {
  db: Db
  bus: Bus
  now: () => number
  publicUrl: string
  lessons: Pick<LessonService, 'get' | 'roleIn'>
  entitlements: Pick<Entitlements, 'ticketFor'>
  rooms: StreamRooms
  iceServers: IceServer[]
  /** Undefined: nothing comes by RTMP. */
  rtmp: { port: number; helper: StreamHelper; log: RtmpDeps['log'] } | undefined
}

export type Streaming = ReturnType<typeof createStreaming>

export function createStreaming(deps: StreamingDeps) {
  const sessions = new SdpSessions()
  const rtmp =
    deps.rtmp && new RtmpStreams({ ...deps.rtmp, newName: randomUUID, enter: (...way) => enter(deps, ...way) })
  const unsubscribe = deps.bus.subscribe('streamKeyChanged', ({ lessonId }) => {
    sessions.closeAll(lessonId, 'whip')
    rtmp?.closeAll(lessonId)
  })
  return {
    sessions,
    rtmp,
    /** Where to send to. These three are for the lesson's teacher; others are told `forbidden`. */
    access: (user: SignedInUser, lessonId: string) => access(deps, user, lessonId),
    makeKey: async (user: SignedInUser, lessonId: string): Promise<NewStreamKey> => {
      await ownLesson(deps, user, lessonId)
      return makeKey(deps, user.id, lessonId)
    },
    removeKey: async (user: SignedInUser, lessonId: string): Promise<void> => {
      await ownLesson(deps, user, lessonId)
      await removeKey(deps, lessonId)
    },
    /** Lets an encoder in with the key of this lesson. Throws `unauthorized`, or what keeps the teacher out. */
    whip: async (lessonId: string, key: string, offer: string) => {
      const holder = await holderOf(deps.db, key)
      if (holder.lessonId !== lessonId) throw new AppError('unauthorized', 'this stream key is for another lesson')
      const { ticket, iceServers } = await deps.entitlements.ticketFor(holder.user, lessonId)
      const open = (ended: () => void) => deps.rooms.receive(ticket, offer, ended)
      const opened = await sessions.open({ lessonId, kind: 'whip', secret: key }, open)
      // Reset while it was being let in.
      await holderOf(deps.db, key).catch((error) => {
        sessions.close(opened.id)
        throw error
      })
      return { ...opened, iceServers }
    },
    /** Lets a player in with a ticket to the room of this lesson, good for one session. */
    whep: async (lessonId: string, ticket: string, offer: string) => {
      const open = (ended: () => void) => deps.rooms.watch(lessonId, ticket, offer, ended)
      const opened = await sessions.open({ lessonId, kind: 'whep', secret: ticket }, open)
      return { ...opened, iceServers: deps.iceServers }
    },
    close: () => {
      unsubscribe()
      sessions.closeAll()
      rtmp?.closeAll()
    },
  }
}

/** An RTMP publisher names no lesson: the key does. */
async function enter({ db, entitlements, rooms }: StreamingDeps, key: string, ended: () => void) {
  const { lessonId, user } = await holderOf(db, key)
  const { ticket } = await entitlements.ticketFor(user, lessonId)
  const way = await rooms.receivePlain(ticket, ended)
  // Reset while it was being let in.
  await holderOf(db, key).catch((error) => {
    way.close()
    throw error
  })
  return { lessonId, way }
}

async function access(deps: StreamingDeps, user: SignedInUser, lessonId: string): Promise<StreamAccess> {
  await ownLesson(deps, user, lessonId)
  const { publicUrl, rtmp, db } = deps
  return {
    whipUrl: `${publicUrl}/whip/${lessonId}`,
    rtmpUrl: rtmp ? `rtmp://${new URL(publicUrl).hostname}:${rtmp.port}/live` : null,
    keyMadeAt: await keyMadeAt(db, lessonId),
  }
}

async function ownLesson({ lessons }: StreamingDeps, user: SignedInUser, lessonId: string): Promise<Lesson> {
  const lesson = await lessons.get(lessonId)
  if ((await lessons.roleIn(user, lesson)) !== 'teacher')
    throw new AppError('forbidden', 'only for the teacher of this lesson')
  return lesson
}

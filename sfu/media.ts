/** The media plane as the classroom sees it: rooms by id, plain data in and out. */
import type { Media, MediaListener } from '../signaling/ports.ts'
import { type BroadcastsDeps, openBroadcasts } from './hls/broadcasts.ts'
import type { LiveBroadcast } from './hls/ports.ts'
import { type Census, MediaRoom } from './media-room.ts'
import type { WorkerPool } from './pool.ts'

/** The port, and the way in for media that comes beside the signaling. */
export interface MediaPlane extends Media {
  openRoom(roomId: string, listener: MediaListener): Promise<MediaRoom>
  /** The open room of this id. */
  room(roomId: string): MediaRoom | undefined
  /** What is broadcast of this lesson now, by this process. */
  liveBroadcast(lessonId: string): LiveBroadcast | undefined
  /** What each room is made of now, for those who measure. */
  census(): Census[]
  /** Resolves when all that was broadcast is stored; rooms are closed before. */
  close(): Promise<void>
}

/** Without `broadcast`, classes are interactive alone. */
export function createMedia(pool: WorkerPool, broadcast?: BroadcastsDeps): MediaPlane {
  const broadcasts = broadcast && openBroadcasts(broadcast)
  const rooms = new Map<string, MediaRoom>()
  return {
    rtpCapabilities: pool.rtpCapabilities,

    async openRoom(roomId, listener) {
      const room = await MediaRoom.open(roomId, pool, listener, broadcasts)
      rooms.set(roomId, room)
      room.closed.then(() => {
        if (rooms.get(roomId) === room) rooms.delete(roomId)
      })
      return room
    },

    room: (roomId) => rooms.get(roomId),

    liveBroadcast: (lessonId) => rooms.get(lessonId)?.liveBroadcast,

    census: () => [...rooms.values()].map((room) => room.census()),

    close: async () => broadcasts?.close(),
  }
}

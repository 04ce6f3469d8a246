/** How many people are in each class, at whichever node it is: each node tells the others every few seconds. */
import type { Bus } from '../../signaling/ports.ts'

/** Three times as long as between two tellings: after it a class is empty, or its node gone. */
const BELIEVED_MS = 15_000

export type OnlineDeps = {
  bus: Bus
  now: () => number
  /** The rooms that are open at this node. */
  here: () => { lessonId: string; online: number }[]
  /** Of a room at this node; undefined where it is not open here. */
  onlineHere: (lessonId: string) => number | undefined
}

export function createOnline({ bus, now, here, onlineHere }: OnlineDeps) {
  const heard = new Map<string, { online: number; at: number }>()
  const unsubscribe = bus.subscribe('roomsOnline', ({ rooms }) => {
    for (const { lessonId, online } of rooms) heard.set(lessonId, { online, at: now() })
  })
  return {
    /** Tells the other nodes, and forgets what none of them tells any more. */
    async tell(): Promise<void> {
      for (const [lessonId, { at }] of heard) if (at + BELIEVED_MS < now()) heard.delete(lessonId)
      const rooms = here()
      if (rooms.length > 0) await bus.publish('roomsOnline', { rooms })
    },
    in(lessonId: string): number {
      const last = heard.get(lessonId)
      return onlineHere(lessonId) ?? (last && last.at + BELIEVED_MS >= now() ? last.online : 0)
    },
    close: unsubscribe,
  }
}

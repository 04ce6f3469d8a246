/** The directory of a single node: every room is here. */
import type { RoomDirectory } from '../../signaling/ports.ts'

export function createMemoryDirectory(): RoomDirectory {
  const held = new Set<string>()
  return {
    async take(roomId) {
      held.add(roomId)
      return null
    },
    async release(roomId) {
      held.delete(roomId)
    },
    has: (roomId) => held.has(roomId),
    find: async () => null,
    roomiest: async () => null,
    onLost: () => () => {},
    async close() {
      held.clear()
    },
  }
}

/** The current pictures that this node holds, by lesson: few, small and fresh. */

/** 30 MB at most. */
const MOST_FRAMES = 1000
/** A picture that nobody renews is not the current one: the teacher's page sends one every 20 seconds. */
const FRESH_MS = 90_000
/** Many look at a card at once; whether the class is still live, and for all to see, is asked this often. */
export const SHOWN_FOR_MS = 2000

export type Frame = { jpeg: Buffer; at: number; shownUntil: number }
export type Frames = ReturnType<typeof createFrames>

export function createFrames(now: () => number) {
  const frames = new Map<string, Frame>()
  const remove = (lessonId: string) => void frames.delete(lessonId)
  return {
    get(lessonId: string): Frame | undefined {
      const frame = frames.get(lessonId)
      if (!frame || now() - frame.at <= FRESH_MS) return frame
      remove(lessonId)
      return
    },
    put(lessonId: string, jpeg: Buffer): void {
      remove(lessonId)
      const [oldest] = frames.keys()
      if (oldest !== undefined && frames.size >= MOST_FRAMES) remove(oldest)
      frames.set(lessonId, { jpeg, at: now(), shownUntil: 0 })
    },
    remove,
  }
}

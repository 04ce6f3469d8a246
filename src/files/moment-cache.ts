/**
 * Answers about what a person may do, asked so often that the database is spared: each holds for a moment only, and is
 * dropped at once when the bus says that something about this person's rights has changed.
 */
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'

export const MOMENT_MS = 1000
const MOST_USERS = 20_000
/** Of one person within a moment. */
const MOST_QUESTIONS = 50

type Entry<T> = { answer: Promise<T>; until: number }

export function createMomentCache<T>({ bus, now }: { bus: Bus; now: () => number }) {
  const users = new Map<string, Map<string, Entry<T>>>()
  const drop = ({ userId }: { userId: string }) => users.delete(userId)
  const subscriptions = (['accessRevoked', 'rightsChanged', 'playerChanged'] as const).map((topic) =>
    bus.subscribe(topic, drop),
  )

  return {
    /** What `ask` answers, or answered to the same question about this person within the last second. */
    get(userId: string, question: string, ask: () => Promise<T>): Promise<T> {
      const known = users.get(userId) ?? new Map<string, Entry<T>>()
      const fresh = known.get(question)
      if (fresh && fresh.until > now()) return fresh.answer
      if (users.size >= MOST_USERS) users.clear()
      if (known.size >= MOST_QUESTIONS) known.clear()
      users.set(userId, known)
      const answer = ask()
      known.set(question, { answer, until: now() + MOMENT_MS })
      answer.catch((error) => {
        if (!(error instanceof AppError)) users.delete(userId)
      })
      return answer
    },
    close() {
      for (const unsubscribe of subscriptions) unsubscribe()
    },
  }
}

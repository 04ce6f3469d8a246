/** Passwords, kept as argon2id hashes. So few are computed at once that a flood of sign-ins cannot exhaust the memory. */
import { randomUUID } from 'node:crypto'
import { argon2id, hash, verify } from 'argon2'
import { AppError } from '../../signaling/protocol/errors.ts'

export type PasswordCost = { memoryKiB: number; passes: number; atOnce: number; waiting: number }

/** 19 MiB and two passes are OWASP's advice; two at once leave half of Node's thread pool to everything else. */
const defaultCost: PasswordCost = { memoryKiB: 19 * 1024, passes: 2, atOnce: 2, waiting: 200 }

export type Passwords = ReturnType<typeof createPasswords>

export function createPasswords(cost: PasswordCost = defaultCost) {
  const inTurn = createGate(cost.atOnce, cost.waiting)
  const compute = (password: string) =>
    hash(password, { type: argon2id, memoryCost: cost.memoryKiB, timeCost: cost.passes, parallelism: 1 })
  const decoy = compute(randomUUID())
  return {
    hash: (password: string) => inTurn(() => compute(password)),
    /** Without a hash, as for a user who does not exist, the answer is false and takes as long. */
    verify: (password: string, stored: string | undefined) =>
      inTurn(async () => (await verify(stored ?? (await decoy), password)) && stored !== undefined),
  }
}

/** Runs `atOnce` tasks at a time, in order; refuses a task when `waiting` others already wait. */
function createGate(atOnce: number, waiting: number) {
  const queue: (() => void)[] = []
  let running = 0
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) {
      if (queue.length >= waiting) throw new AppError('unavailable', 'too many sign-ins at once; try again soon')
      await new Promise<void>((resolve) => queue.push(resolve))
    } else running += 1
    try {
      return await task()
    } finally {
      const next = queue.shift()
      if (next) next()
      else running -= 1
    }
  }
}

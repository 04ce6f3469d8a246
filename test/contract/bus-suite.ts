/** What every bus must do. */
import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { Bus, BusMessages } from '../../signaling/ports.ts'

type Message = BusMessages['accessRevoked']

/** All that a bus is told from now on, and a way to wait for the next of it. */
export function listen(bus: Bus) {
  const heard: Message[] = []
  let wake = () => {}
  const stop = bus.subscribe('accessRevoked', (message) => {
    heard.push(message)
    wake()
  })
  const next = async (): Promise<Message> => {
    while (heard.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    return heard.shift()!
  }
  return { heard, next, stop }
}

export const revoked = (): Message => ({ userId: randomUUID(), reason: 'signed_out' })

export async function busSuite(t: Test, bus: Bus) {
  t.test('everyone who listens hears a message, as it was', async (t) => {
    const [one, other] = [listen(bus), listen(bus)]
    const message: Message = { userId: 'u', sessionId: 's', lessonId: 'l', reason: 'role_changed' }
    await bus.publish('accessRevoked', message)
    t.strictSame(await one.next(), message)
    t.strictSame(await other.next(), message)
  })

  t.test('messages come once, in order', async (t) => {
    const { heard, next } = listen(bus)
    const sent = Array.from({ length: 20 }, revoked)
    for (const message of sent) await bus.publish('accessRevoked', message)
    for (const message of sent) t.strictSame(await next(), message)
    t.strictSame(heard, [])
  })

  t.test('who stops listening hears nothing more', async (t) => {
    const [gone, still] = [listen(bus), listen(bus)]
    gone.stop()
    await bus.publish('accessRevoked', revoked())
    await still.next()
    t.strictSame(gone.heard, [])
  })

  t.test('of many who claim a key, one gets it', async (t) => {
    const key = randomUUID()
    const claims = await Promise.all(Array.from({ length: 10 }, () => bus.claim(key, 60)))
    t.equal(claims.filter(Boolean).length, 1)
  })

  t.test('keys are claimed one by one', async (t) => {
    t.equal(await bus.claim(randomUUID(), 60), true)
    t.equal(await bus.claim(randomUUID(), 60), true)
  })

  t.test('a claim ends with its time', async (t) => {
    const key = randomUUID()
    t.equal(await bus.claim(key, 1), true)
    t.equal(await bus.claim(key, 1), false)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    t.equal(await bus.claim(key, 1), true)
  })
}

import t from 'tap'
import { closeReasons } from '../../signaling/protocol/errors.ts'
import { closeReasonOf, delayBefore, isPassing, mayReturn, reconnectPolicy } from '../../web/src/classroom/reconnect.ts'

const middle = () => 0.5

t.test('the first try is at once', async (t) => {
  t.equal(delayBefore(0, middle), 0)
})

t.test('waiting grows, and the last delay repeats', async (t) => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 50].map((attempt) => delayBefore(attempt, middle))
  t.same(
    delays,
    [...delays].sort((a, b) => a - b),
  )
  t.equal(delays.at(-1), reconnectPolicy.delaysMs.at(-1))
})

t.test('a class does not come back all at once', async (t) => {
  t.ok(delayBefore(3, () => 0) < delayBefore(3, () => 1))
  t.ok(delayBefore(3, () => 0) > 0)
})

t.test('every close code of the server has its reason back', async (t) => {
  for (const [reason, { code }] of Object.entries(closeReasons)) t.equal(closeReasonOf(code), reason)
  t.equal(closeReasonOf(1006), null)
})

t.test('a lost network is worth a return, being removed is not', async (t) => {
  t.ok(mayReturn(null))
  t.ok(mayReturn('draining'))
  t.notOk(mayReturn('removed'))
  t.notOk(mayReturn('opened_elsewhere'))
})

t.test('a refused ticket is final, an unreachable server is not', async (t) => {
  t.ok(isPassing('offline'))
  t.ok(isPassing('unavailable'))
  t.notOk(isPassing('not_entitled'))
  t.notOk(isPassing('lesson_ended'))
})

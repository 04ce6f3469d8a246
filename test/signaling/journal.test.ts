import t from 'tap'
import { Journal } from '../../signaling/journal.ts'
import type { Log } from '../../signaling/log.ts'
import type { RoomLog } from '../../signaling/ports.ts'
import type { RoomEvent } from '../../signaling/protocol/events.ts'
import { until } from '../support/classroom.ts'
import { createMemoryRoomLog } from '../support/memory-room-log.ts'
import { silentLog } from '../support/silent-log.ts'

const said = (seq: number, text = `message ${seq}`): RoomEvent => ({
  seq,
  at: seq,
  mediaMs: null,
  by: null,
  type: 'messageSent',
  data: { text },
})

/** A journal of `lesson`, and what it says: to the operator and to the room. */
function open(store: RoomLog) {
  const errors: string[] = []
  const log: Log = { ...silentLog, child: () => log, error: (_: object, text: string) => void errors.push(text) }
  let conflicts = 0
  const journal = new Journal('lesson', store, log, () => {
    conflicts += 1
  })
  return { journal, errors, conflicts: () => conflicts }
}

t.test('an event whose storing was not answered is written again, and is there once', async (t) => {
  const log = createMemoryRoomLog()
  let losses = 1
  const append = async (roomId: string, events: RoomEvent[]) => {
    await log.append(roomId, events)
    if (losses-- > 0) throw new Error('the answer was lost')
  }
  const { journal, errors, conflicts } = open({ ...log, append })
  await journal.write(said(1))
  t.strictSame(log.eventsOf('lesson'), [said(1)])
  t.same(errors, ['the room log cannot be written'])
  t.equal(conflicts(), 0)
})

t.test('another event in its place is not overwritten, ignored or tried again: all who wait are refused', async (t) => {
  const log = createMemoryRoomLog()
  await log.append('lesson', [said(2, 'of another node')])
  const { journal, errors, conflicts } = open(log)
  await journal.write(said(1))
  const later = [said(2), said(3), said(4)].map((event) => journal.write(event))
  for (const refused of later) await t.rejects(refused, { code: 'unavailable' })
  t.equal(conflicts(), 0, 'those who asked are answered first')
  await journal.flush()
  await until(() => conflicts() === 1)
  t.same(errors, ['the room log holds other events than the room'])
  await t.rejects(journal.write(said(5)), { code: 'unavailable' })
  t.equal(journal.backlog, 0)
  t.strictSame(
    [...log.eventsOf('lesson')].sort((a, b) => a.seq - b.seq),
    [said(1), said(2, 'of another node')],
  )
})

t.test('who does not wait for a refused event is not disturbed by it', async (t) => {
  const log = createMemoryRoomLog()
  await log.append('lesson', [said(1, 'of another node')])
  const { journal, conflicts } = open(log)
  const unhandled: unknown[] = []
  const notice = (error: unknown) => unhandled.push(error)
  process.on('unhandledRejection', notice)
  t.teardown(() => process.off('unhandledRejection', notice))
  void journal.write(said(1))
  await until(() => conflicts() === 1)
  void journal.write(said(2))
  await new Promise(setImmediate)
  t.same(unhandled, [])
})

t.test('what nobody waits for is stored in one batch with what somebody does', async (t) => {
  const { store, batches } = recorded()
  const { journal } = open(store)
  journal.note(said(1))
  journal.note(said(2))
  await new Promise(setImmediate)
  t.strictSame(batches, [])
  await journal.write(said(3))
  t.strictSame(batches, [[1, 2, 3]])
})

t.test('what nobody waits for is stored all the same: before long, or when the journal is flushed', async (t) => {
  const { store, batches } = recorded()
  const { journal } = open(store)
  for (const seq of [1, 2]) journal.note(said(seq))
  await until(() => batches.length > 0)
  t.strictSame(batches, [[1, 2]])
  journal.note(said(3))
  await until(() => batches.length > 1)
  journal.note(said(4))
  await journal.flush()
  t.strictSame(batches, [[1, 2], [3], [4]])
  t.equal(journal.backlog, 0)
})

t.test('a crowd that nobody waits for is stored as soon as it fills a batch', async (t) => {
  const { store, batches } = recorded()
  const { journal } = open(store)
  for (let seq = 1; seq <= 700; seq++) journal.note(said(seq))
  await new Promise(setImmediate)
  t.equal(batches[0]?.length, 500)
  await journal.flush()
  t.equal(batches.flat().length, 700)
})

/** A store that remembers which events came together. */
function recorded() {
  const log = createMemoryRoomLog()
  const batches: number[][] = []
  const append = (roomId: string, events: RoomEvent[]) => {
    batches.push(events.map(({ seq }) => seq))
    return log.append(roomId, events)
  }
  return { store: { ...log, append }, batches }
}

/** What every room log must do. */
import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { RoomLog } from '../../signaling/ports.ts'
import type { EventData, EventType, RoomEvent } from '../../signaling/protocol/events.ts'

const by = { peerId: 'p1', displayName: 'Mia', role: 'student' as const }
const event = <T extends EventType>(seq: number, type: T, data: EventData<T>) =>
  ({ seq, at: 1_900_000_000_000 + seq, mediaMs: seq * 1000, by, type, data }) as RoomEvent
const said = (seq: number, text = `message ${seq}`) => event(seq, 'messageSent', { text })
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const conflict = { name: 'LogConflict' }

async function all(log: RoomLog, roomId: string, afterSeq = 0): Promise<RoomEvent[]> {
  const events: RoomEvent[] = []
  for await (const batch of log.read(roomId, afterSeq)) events.push(...batch)
  return events
}

export async function roomLogSuite(t: Test, open: () => RoomLog) {
  const log = open()

  t.test('events come back as they were, in order', async (t) => {
    const roomId = randomUUID()
    const first = { ...event(1, 'classStarted', {}), by: null, mediaMs: null }
    const events = [first, said(2), event(3, 'pollVoted', { pollSeq: 9, choices: [0, 2] })]
    await log.append(roomId, events)
    t.strictSame(await all(log, roomId), events)
  })

  t.test('storing an event again changes nothing', async (t) => {
    const roomId = randomUUID()
    const voted = event(2, 'pollVoted', { pollSeq: 1, choices: [0, 2] })
    const started = { ...event(3, 'classStarted', {}), by: null, mediaMs: null }
    await log.append(roomId, [said(1, 'odd \ud83d \u0000'), voted])
    await log.append(roomId, [said(1, 'odd \ud83d \u0000'), voted, started])
    await log.append(roomId, [voted, started, said(4)])
    t.strictSame(await all(log, roomId), [said(1, 'odd \ud83d \u0000'), voted, started, said(4)])
  })

  t.test(
    'another event in a place that is taken is a conflict, and nothing of what came with it is stored',
    async (t) => {
      const roomId = randomUUID()
      await log.append(roomId, [said(1), said(2)])
      const others = [
        said(2, 'another'),
        { ...said(2), at: 1 },
        { ...said(2), mediaMs: null },
        { ...said(2), by: { ...by, peerId: 'p2' } },
        event(2, 'handRaised', {}),
      ]
      for (const other of others) await t.rejects(log.append(roomId, [said(1), other, said(3)]), conflict)
      t.strictSame(await all(log, roomId), [said(1), said(2)])
    },
  )

  t.test('a long log is stored once or not at all', async (t) => {
    const roomId = randomUUID()
    const events = range(1, 2300).map((seq) => said(seq))
    await log.append(roomId, [said(2200)])
    await t.rejects(log.append(roomId, events.with(2199, said(2200, 'another'))), conflict)
    t.strictSame(await all(log, roomId), [said(2200)])
    await log.append(roomId, events)
    await log.append(roomId, events)
    t.equal((await all(log, roomId)).length, 2300)
  })

  t.test('of two who write different events in one place at once, one is told', async (t) => {
    const roomId = randomUUID()
    const results = await Promise.allSettled(['mine', 'yours'].map((text) => log.append(roomId, [said(1, text)])))
    t.match(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    t.match(
      results.find(({ status }) => status === 'rejected'),
      { reason: conflict },
    )
    t.equal((await all(log, roomId)).length, 1)
  })

  t.test('storing no events is no mistake', async (t) => {
    const roomId = randomUUID()
    await log.append(roomId, [])
    t.strictSame(await all(log, roomId), [])
  })

  t.test('a room knows only its own events', async (t) => {
    const [roomId, other] = [randomUUID(), randomUUID()]
    await log.append(roomId, [said(1)])
    await log.append(other, [said(1, 'elsewhere')])
    t.strictSame(await all(log, roomId), [said(1)])
  })

  t.test('a long log is stored at once and read whole, from any place on', async (t) => {
    const roomId = randomUUID()
    await log.append(
      roomId,
      range(1, 2300).map((seq) => said(seq)),
    )
    t.strictSame(
      (await all(log, roomId, 100)).map(({ seq }) => seq),
      range(101, 2300),
    )
  })

  t.test('earlier messages come oldest first, without deleted ones and other events', async (t) => {
    const roomId = randomUUID()
    const raised = event(3, 'handRaised', {})
    const deleted = event(6, 'messageDeleted', { messageSeq: 4 })
    await log.append(roomId, [said(1), said(2), raised, said(4), said(5), deleted, said(7)])
    t.strictSame(await log.messagesBefore(roomId, 7, 2), [said(2), said(5)])
    t.strictSame(await log.messagesBefore(roomId, 1, 2), [])
  })

  t.test('earlier events of some types come oldest first, the nearest ones where there are many', async (t) => {
    const roomId = randomUUID()
    const [muted, deleted] = [event(2, 'peerMuted', { peerId: 'p2' }), event(4, 'messageDeleted', { messageSeq: 3 })]
    const lifted = event(5, 'peerUnmuted', { peerId: 'p2' })
    await log.append(roomId, [said(1), muted, said(3), deleted, lifted])
    const types: EventType[] = ['peerMuted', 'peerUnmuted', 'messageDeleted']
    t.strictSame(await log.eventsBefore(roomId, types, 6, 2), [deleted, lifted])
    t.strictSame(await log.eventsBefore(roomId, types, 5, 9), [muted, deleted])
    t.strictSame(await log.eventsBefore(roomId, types, 2, 9), [])
  })

  t.test('the events in some places come in order, deleted messages too, and only those of the room', async (t) => {
    const roomId = randomUUID()
    await log.append(roomId, [said(1), said(2), event(3, 'messageDeleted', { messageSeq: 2 })])
    await log.append(randomUUID(), [said(1, 'elsewhere')])
    t.strictSame(await log.eventsAt(roomId, [2, 1, 99]), [said(1), said(2)])
    t.strictSame(await log.eventsAt(roomId, []), [])
  })

  t.test('no text can break the log', async (t) => {
    const roomId = randomUUID()
    const events = ['a\u0000b', 'half \ud83d pair', '\ud83d\ude00 "quoted" \\ 讲堂'].map((text, index) =>
      said(index + 1, text),
    )
    await log.append(roomId, events)
    t.strictSame(await all(log, roomId), events)
  })
}

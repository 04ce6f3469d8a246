import t from 'tap'
import type { Person, RoomEvent } from '../../signaling/protocol/events.ts'
import { Feed, type Said } from '../../web/src/danmaku/feed.ts'
import { readSettings } from '../../web/src/danmaku/settings.ts'
import { ReplayLog } from '../../web/src/replay/replay-log.ts'

const ana: Person = { peerId: 'ana', displayName: 'Ana', role: 'student' }
const lin: Person = { peerId: 'lin', displayName: 'Lin', role: 'teacher' }
const said = (seq: number, text: string, by = ana, mediaMs = seq * 1000): RoomEvent => ({
  ...{ seq, at: seq, mediaMs, by, type: 'messageSent' },
  data: { text },
})
const deleted = (seq: number, messageSeq: number): RoomEvent => ({
  ...{ seq, at: seq, mediaMs: seq * 1000, by: lin, type: 'messageDeleted' },
  data: { messageSeq },
})

function listen(feed: Feed) {
  const heard: (Said | number | 'clear')[] = []
  feed.listen({
    say: (each) => heard.push(each),
    gone: (seq) => heard.push(seq),
    clear: () => heard.push('clear'),
  })
  return heard
}

t.test('what is said is told with whose it is', async (t) => {
  const feed = new Feed()
  const heard = listen(feed)
  feed.push([said(1, 'hello'), said(2, 'welcome', lin)], 'ana')
  t.same(heard, [
    { seq: 1, text: 'hello', mine: true, staff: false },
    { seq: 2, text: 'welcome', mine: false, staff: true },
  ])
})

t.test('what was deleted never comes to a picture that is behind', async (t) => {
  const feed = new Feed()
  const heard = listen(feed)
  feed.noticeDeletions([deleted(2, 1)])
  feed.push([said(1, 'rude')], undefined)
  t.same(heard, [1])
})

t.test('a replay tells what is said as its picture comes to it, and not what was said before a leap', async (t) => {
  const events = [said(1, 'one'), said(2, 'two'), said(30, 'late'), said(31, 'later')]
  const log = new ReplayLog(async () => ({ events, next: null }))
  const heard = listen(log.spoken)
  const texts = () => heard.splice(0).map((each) => (typeof each === 'object' ? each.text : each))
  await new Promise((resolve) => setImmediate(resolve))
  log.showAt(900)
  t.same(texts(), [])
  log.showAt(1100)
  log.showAt(2100)
  t.same(texts(), ['one', 'two'])
  log.showAt(31_500)
  t.same(texts(), ['clear', 'late', 'later'])
  log.showAt(1500)
  t.same(texts(), ['clear', 'one'])
  log.close()
})

t.test('what was kept of a viewer’s wishes is taken as far as it makes sense', async (t) => {
  const usual = { on: true, density: 'some', area: 'quarter', opacity: 'clear', speed: 'normal' }
  t.same(readSettings(null, true), usual)
  for (const broken of ['', '[', 'null', '7', '{"area":"everywhere","on":"yes"}'])
    t.same(readSettings(broken, true), usual)
  t.same(readSettings('{"on":false,"area":"half"}', true), { ...usual, on: false, area: 'half' })
})

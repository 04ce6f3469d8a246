import t from 'tap'
import { Unread } from '../../web/src/classroom/unread.ts'

t.test('what comes while one reads along is read, and leaves no line', async (t) => {
  const unread = new Unread()
  unread.notice(5, true)
  unread.notice(6, true)
  t.same(unread.view.get(), { seen: 6, stretch: null })
})

t.test('what came while one read further up stays marked when one is back, until more was missed', async (t) => {
  const unread = new Unread()
  unread.notice(5, true)
  unread.notice(5, false)
  unread.notice(7, false)
  t.same(unread.view.get(), { seen: 5, stretch: { after: 5, upTo: 7 } })
  unread.notice(8, true)
  t.same(unread.view.get(), { seen: 8, stretch: { after: 5, upTo: 8 } })
  unread.notice(9, true)
  t.same(unread.view.get(), { seen: 9, stretch: { after: 5, upTo: 8 } })
  unread.notice(9, false)
  unread.notice(10, false)
  t.same(unread.view.get().stretch, { after: 9, upTo: 10 })
})

t.test('what came while the chat was not shown is marked when it is shown again', async (t) => {
  const unread = new Unread()
  unread.notice(5, true)
  unread.leave()
  unread.notice(8, true)
  t.same(unread.view.get(), { seen: 8, stretch: { after: 5, upTo: 8 } })
})

import t from 'tap'
import { changesOf } from '../../web/src/operator/audit-changes.ts'

t.test('what was said is said, and ids are not', async (t) => {
  t.strictSame(changesOf({ orderId: 'x', reason: 'Rude', amountFen: 100, note: '' }), [
    { name: 'reason', after: 'Rude' },
    { name: 'amountFen', after: 100 },
  ])
})

t.test('a step from one state to another is one change', async (t) => {
  t.strictSame(changesOf({ from: 'draft', to: 'published' }), [{ name: 'state', before: 'draft', after: 'published' }])
})

t.test('of before and after only what differs is left', async (t) => {
  const before = { id: 'x', slug: 'light', nameZh: '光', nameEn: 'Light' }
  t.strictSame(changesOf({ before, after: { ...before, nameEn: 'Lamps' } }), [
    { name: 'nameEn', before: 'Light', after: 'Lamps' },
  ])
  t.strictSame(changesOf({ before: { priceFen: 1, days: 30 }, change: { priceFen: 2, days: 30 } }), [
    { name: 'priceFen', before: 1, after: 2 },
  ])
})

t.test('of a list of courses it is said how many', async (t) => {
  t.strictSame(changesOf({ courseIds: ['x', 'y'] }), [{ name: 'courses', after: 2 }])
})

import t from 'tap'
import { openClassroom } from '../support/classroom.ts'

const courseId = '6f1d0a52-9a3f-4b8e-8d0a-1f2e3d4c5b6a'
const planId = '6f1d0a52-9a3f-4b8e-8d0a-1f2e3d4c5b6b'

t.test('what staff offer is shown to all, late joiners too, without a price, until it is taken down', async (t) => {
  const { enter } = await openClassroom(t, { onSale: [courseId, planId] })
  const [teacher, assistant, a] = [await enter('t', 'teacher'), await enter('s', 'assistant'), await enter('a')]
  const { seq } = await teacher.request('showOffer', { offer: { courseId } })
  t.strictSame((await a.event('offerShown')).data, { offer: { courseId } })
  t.strictSame((await enter('late')).joined.snapshot.offer, { seq, offer: { courseId } })
  const { seq: next } = await assistant.request('showOffer', { offer: { planId } })
  t.strictSame((await enter('later')).joined.snapshot.offer, { seq: next, offer: { planId } })
  await assistant.request('showOffer', { offer: null })
  t.equal((await enter('last')).joined.snapshot.offer, null)
  await t.rejects(assistant.request('showOffer', { offer: null }), { code: 'conflict' })
})

t.test('nothing is offered that the shop does not sell, and nothing beside what it is', async (t) => {
  const { enter } = await openClassroom(t, { onSale: [courseId] })
  const teacher = await enter('t', 'teacher')
  await t.rejects(teacher.request('showOffer', { offer: { planId } }), { code: 'not_found' })
  const cheap = { offer: { courseId, priceFen: 1 } } as { offer: { courseId: string } }
  await t.rejects(teacher.request('showOffer', cheap), { code: 'bad_request' })
})

t.test('an announcement stands for all, late joiners too, until it is taken down', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a] = [await enter('t', 'teacher'), await enter('a')]
  const { seq } = await teacher.request('announce', { text: ' a break at ten ' })
  t.strictSame((await a.event('announced')).data, { text: 'a break at ten' })
  t.match((await enter('late')).joined.snapshot.announcement, { seq, text: 'a break at ten' })
  await t.rejects(teacher.request('announce', { text: ' ' }), { code: 'bad_request' })
  await t.rejects(teacher.request('announce', { text: 'x'.repeat(501) }), { code: 'bad_request' })
  await teacher.request('announce', { text: null })
  t.equal((await enter('later')).joined.snapshot.announcement, null)
  await t.rejects(teacher.request('announce', { text: null }), { code: 'conflict' })
})

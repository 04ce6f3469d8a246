import t from 'tap'
import { signTicket } from '../../signaling/ticket.ts'
import { openClassroom, secret } from '../support/classroom.ts'

const visitor = { peerId: 'visitor', displayName: 'visitor', role: 'student' as const }

const ticketFor = (from: number, seconds: number) => {
  const place = { roomId: 'lesson', sessionId: 'session', tier: 'interactive' as const, person: visitor }
  return signTicket({ ...place, trial: { from, seconds } }, secret, 60, Date.now())
}

t.test('a place on trial is lost when the trial is over, and no other', async (t) => {
  const { connect, enter } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  await teacher.request('startClass', {})
  const buyer = await enter('buyer')
  const client = await connect(await ticketFor(Date.now(), 1))
  await client.join()
  t.match(await client.closed, { code: 4406, reason: 'trial_ended' })
  await t.resolves(buyer.request('ping', {}))
})

t.test('a trial does not begin before the class does', async (t) => {
  const { connect, enter } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  const client = await connect(await ticketFor(Date.now() - 5000, 1))
  await client.join()
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await t.resolves(client.request('ping', {}))
  await teacher.request('startClass', {})
  t.match(await client.closed, { reason: 'trial_ended' })
})

t.test('a ticket whose trial is over opens no place', async (t) => {
  const { connect, enter } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  await teacher.request('startClass', {})
  const client = await connect(await ticketFor(Date.now() - 5000, 1))
  await new Promise((resolve) => setTimeout(resolve, 1100))
  await t.rejects(client.join(), { code: 'trial_ended' })
})

t.test('a ticket of a buyer lifts the trial, and keeps the place', async (t) => {
  const { connect, enter, ticketFor: bought } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  await teacher.request('startClass', {})
  const first = await connect(await ticketFor(Date.now(), 2))
  await first.join()
  const second = await connect(await bought('visitor', 'student'))
  await second.join()
  t.match(await first.closed, { reason: 'opened_elsewhere' })
  await new Promise((resolve) => setTimeout(resolve, 3000))
  await t.resolves(second.request('ping', {}))
})

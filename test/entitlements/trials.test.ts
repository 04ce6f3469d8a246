import t from 'tap'
import { readTicket } from '../../signaling/ticket.ts'
import { createBusiness, secret } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const { now, pass, person, entitlements, lessons } = createBusiness(db)
const shelf = createShelf(db, now)
const teacher = await person('teacher')
const course = await shelf.course(teacher.id)
const class_ = () => shelf.lesson(course, { trialSeconds: 60, startsAt: now() })

t.test('a trial counts from the first ticket, however often one comes back', async (t) => {
  const { user } = await person()
  const { id } = await class_()
  await lessons.advance(id, 'start')
  const endsAt = now() + 60_000
  t.match(await entitlements.ticketFor(user, id), { trial: { seconds: 60, endsAt } })
  pass(59_999)
  const { ticket, trial } = await entitlements.ticketFor(user, id)
  t.strictSame(trial, { seconds: 60, endsAt })
  t.match(readTicket(ticket, secret, now()), { trial: { from: endsAt - 60_000, seconds: 60 } })
  pass(1)
  await t.rejects(entitlements.ticketFor(user, id), { code: 'trial_ended' })
})

t.test('who waits in the lobby loses nothing of the trial', async (t) => {
  const { user } = await person()
  const { id } = await class_()
  t.match(await entitlements.ticketFor(user, id), { trial: { seconds: 60, endsAt: null } })
  pass(120_000)
  await lessons.advance(id, 'start')
  t.match(await entitlements.ticketFor(user, id), { trial: { endsAt: now() + 60_000 } })
})

t.test('who has bought has no trial, and those without either have no ticket', async (t) => {
  const { user } = await person()
  const { id } = await class_()
  t.match(await entitlements.ticketFor(teacher.user, id), { trial: null })
  const untried = await shelf.lesson(course)
  await t.rejects(entitlements.ticketFor(user, untried.id), { code: 'not_entitled' })
})

import t from 'tap'
import { listAudit } from '../../src/audit/audit.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const side = await openFileSide(t, business)
const shelf = createShelf(db, business.now, side.storage)
const app = await createBusinessApp(business, { files: side })
t.teardown(() => app.close())
const teacher = await business.person('teacher')
const course = await shelf.course(teacher.id)
const lesson = await shelf.lesson(course, { kind: 'video' })

type Person = Awaited<ReturnType<typeof business.person>>
const tell = async (from: Person | undefined, how = 'removed') =>
  (await send(app, `POST /api/lessons/${lesson.id}/tampering`, { how }, from)).status
const entries = async () => (await listAudit(db, { subjectId: lesson.id })).entries

t.test('a mark that was taken away is in the audit log once, however often it is told', async (t) => {
  const viewer = await business.person()
  await shelf.entitle(viewer.id, course.id)
  t.equal(await tell(viewer), 204)
  t.equal(await tell(viewer, 'hidden'), 204)
  t.match(await entries(), [{ actorId: viewer.id, action: 'watermarkTampered', details: { how: 'removed' } }])
  t.equal((await entries()).length, 1)
})

t.test('only those who may watch can tell it, and nothing else than it', async (t) => {
  const before = (await entries()).length
  t.equal(await tell(await business.person()), 403)
  t.equal(await tell(undefined), 401)
  const viewer = await business.person()
  await shelf.entitle(viewer.id, course.id)
  t.equal(await tell(viewer, 'a long story'), 400)
  t.equal((await entries()).length, before)
})

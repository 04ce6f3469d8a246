import t from 'tap'
import { createCourseware } from '../../src/courses/courseware.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const business = createBusiness(await openTestDatabase(t))
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { db, person, lesson } = business
const shelf = createShelf(db, business.now)
const courseware = createCourseware(db)

const pdf = { purpose: 'document', mimeType: 'application/pdf', name: 'Ink and water.PDF' } as const

async function classWithDocument() {
  const teacher = await person('teacher')
  const { id } = await lesson(teacher.user)
  const file = await shelf.file(teacher.user.id, pdf)
  return { teacher, id, file, url: `/api/lessons/${id}/courseware` }
}

t.test('the teacher attaches a PDF to the class, which can then be brought to its board', async (t) => {
  const { teacher, id, file, url } = await classWithDocument()
  t.equal(await courseware.deckTitle(id, file.id), undefined)
  const added = await send(app, `POST ${url}`, { fileId: file.id }, teacher)
  t.match(added, { status: 200, body: { files: [{ id: file.id, name: 'Ink and water.PDF' }] } })
  t.equal(await courseware.deckTitle(id, file.id), 'Ink and water')
  const again = await send(app, `POST ${url}`, { fileId: file.id }, teacher)
  t.equal(again.body.files.length, 1)
  t.match(await send(app, `GET ${url}`, undefined, teacher), { body: { files: [{ id: file.id }] } })
})

t.test('only a PDF of their own can be attached', async (t) => {
  const { teacher, url } = await classWithDocument()
  const stranger = await person('teacher')
  const foreign = await shelf.file(stranger.user.id, pdf)
  const picture = await shelf.file(teacher.user.id, { purpose: 'attachment', mimeType: 'image/png', name: 'ink.png' })
  t.match(await send(app, `POST ${url}`, { fileId: foreign.id }, teacher), { status: 404 })
  t.match(await send(app, `POST ${url}`, { fileId: picture.id }, teacher), { status: 415 })
})

t.test('students and other teachers neither list nor attach', async (t) => {
  const { file, url } = await classWithDocument()
  for (const role of ['student', 'teacher'] as const) {
    const other = await person(role)
    t.match(await send(app, `GET ${url}`, undefined, other), { status: 403 })
    t.match(await send(app, `POST ${url}`, { fileId: file.id }, other), { status: 403 })
  }
})

import t from 'tap'
import { seedDemo } from '../../src/demo/seed.ts'
import { courses as shelf } from '../../src/demo/shelf/courses.ts'
import { addStudyMaterial } from '../../src/demo/study-material.ts'
import { createBusiness } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { silentLog } from '../support/silent-log.ts'

const business = createBusiness(await openTestDatabase(t))
const { db, users, lessons, courses, now } = business
const { uploads, files, added } = await openFileSide(t, business)
const { accounts } = await seedDemo({ db, users, lessons, courses, now })
const teacher = accounts.find(({ user }) => user.role === 'teacher')!.user
const title = shelf[0]!.title
const add = () => addStudyMaterial({ courses, uploads, log: silentLog }, teacher, title)

async function studyLessons() {
  const { id } = (await courses.teaching.list(teacher, {})).courses.find((course) => course.title === title)!
  const { outline } = await courses.teaching.course(teacher, id)
  const listed = outline
    .flatMap((chapter) => chapter.lessons)
    .filter(({ kind }) => kind !== 'article' && kind !== 'live')
  return Promise.all(listed.map((lesson) => courses.teaching.lesson(teacher, lesson.id)))
}

t.test('an interrupt on the way is no trouble, and leaves nothing half', async (t) => {
  await add().close()
  for (const { file } of await studyLessons()) t.ok(file, 'a lesson that is there has its file')
})

t.test('the shelf gets a document and a film, once', async (t) => {
  for (let run = 0; run < 2; run++) {
    const adding = add()
    await adding.done
    await adding.close()
  }
  const [document, video, ...more] = await studyLessons()
  t.strictSame(more, [])
  t.match(document, { kind: 'document', file: { mimeType: 'application/pdf' } })
  t.match(video, { kind: 'video', file: { mimeType: 'video/mp4' }, trialSeconds: 10 })
  t.strictSame(
    added.map(({ name, data }) => [name, data]),
    [['makeVideo', { fileId: video!.file!.id }]],
    'the film is on its way to HLS',
  )
  const file = await files.ownedBy({ ...teacher, sessionId: 'x' }, document!.file!.id)
  const written = Buffer.concat(await (await files.read(file)).toArray()).toString('latin1')
  t.ok(written.startsWith('%PDF-1.4\n1 0 obj') && written.endsWith('%%EOF\n'))
})

import t from 'tap'
import { courses as coursesTable, lessons as lessonsTable, users as usersTable } from '../../db/schema.ts'
import { seedDemo } from '../../src/demo/seed.ts'
import { createBusiness, MINUTE_MS } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'

const business = createBusiness(await openTestDatabase(t))
const { db, users, lessons, courses, now, pass } = business
const seed = () => seedDemo({ db, users, lessons, courses, now })
const first = await seed()

t.test('the accounts can sign in with the passwords that are shown', async (t) => {
  t.strictSame(
    first.accounts.map(({ user }) => user.role),
    ['teacher', 'student', 'operator'],
  )
  for (const { user, password } of first.accounts)
    await t.resolves(users.signIn({ username: user.username, password }, ''), user.username)
})

t.test(
  'the demo class belongs to a robot, so that a person who signs in as teacher does not push it out',
  async (t) => {
    t.equal(first.demoLesson.teacher.id, first.robots.teacher.id)
    t.notOk(first.accounts.some(({ user }) => user.id === first.robots.teacher.id))
    t.ok(first.robots.students.length >= 3)
  },
)

t.test('there is something coming up, something to teach, and something that is over', async (t) => {
  await lessons.sweep()
  const upcoming = (await lessons.list(null, { filter: 'upcoming' })).lessons
  t.ok(upcoming.length >= 3)
  t.ok(upcoming.some(({ status, teacher }) => status === 'lobby' && teacher.id === first.accounts[0]?.user.id))
  t.equal((await lessons.list(null, { filter: 'ended' })).lessons.length, 1)
})

t.test('there are courses on sale, with lessons to try, people who learn in them and what they say', async (t) => {
  const student = first.accounts[1]!.user
  const list = (await courses.list(student, {})).courses
  t.ok(list.length >= 4)
  t.ok(list.some(({ priceFen }) => priceFen === 0) && list.some(({ listPriceFen }) => listPriceFen !== null))
  for (const { id, title, learners, rating, category } of list) {
    t.ok(learners > 0 && rating.count > 0 && category, title)
    const { outline } = await courses.page(student, id)
    const inside = outline.flatMap((chapter) => chapter.lessons)
    t.ok(
      inside.some(({ free, ready }) => free && ready),
      `${title} has something free`,
    )
    t.ok(
      inside.every(({ ready }) => ready),
      `${title} has nothing empty`,
    )
  }
  const { plans } = await courses.plans(student)
  t.ok(plans.some(({ allCourses }) => allCourses) && plans.some(({ courseCount }) => courseCount > 0))
})

t.test('a second start adds nothing, and moves what has not begun into the future', async (t) => {
  await lessons.advance(first.demoLesson.id, 'start')
  const counts = async () => [await db.$count(usersTable), await db.$count(lessonsTable), await db.$count(coursesTable)]
  const before = await counts()
  pass(5 * 60 * MINUTE_MS)
  const second = await seed()
  t.strictSame(await counts(), before)
  t.equal(second.demoLesson.id, first.demoLesson.id)
  for (const { startsAt } of (await lessons.list(null, { filter: 'upcoming' })).lessons) t.ok(startsAt >= now())
})

t.test('a class of a course that nobody gave is there again', async (t) => {
  const classes = async () =>
    (await lessons.list(null, { filter: 'upcoming' })).lessons.filter(({ course }) => course !== null)
  const [before] = await classes()
  pass(2 * 24 * 60 * MINUTE_MS)
  await seed()
  const [moved] = await classes()
  t.equal(moved?.id, before?.id)
  t.ok(moved!.startsAt > now())
  pass(4 * 24 * 60 * MINUTE_MS)
  await lessons.sweep()
  t.equal((await classes()).length, 0, 'it was never given, and is cancelled')
  await seed()
  t.equal((await classes())[0]?.title, before?.title)
})

t.test('a demo class that has ended is followed by a new one', async (t) => {
  await lessons.advance(first.demoLesson.id, 'end')
  const next = await seed()
  t.not(next.demoLesson.id, first.demoLesson.id)
  t.equal(next.demoLesson.status, 'scheduled')
})

/** What the demo begins with: known accounts, a few lessons around today, courses, and those who fill the class that is live. */
import type { Lesson, NewLesson } from '../courses/schema.ts'
import type { LessonService } from '../courses/service.ts'
import type { AccountRole, User } from '../users/schema.ts'
import type { Users } from '../users/service.ts'
import { type ShelfDeps, seedShelf } from './seed-shelf.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

type Account = { user: User; password: string }
export type SeedDeps = ShelfDeps & { users: Users; lessons: LessonService }

/** Makes what is missing. What is there keeps its history, and lessons whose time has passed get a new one. */
export async function seedDemo(deps: SeedDeps) {
  const { users, lessons, now } = deps
  const account = async (username: string, displayName: string, role: AccountRole): Promise<Account> => {
    const password = `${username}-demo`
    return { user: await users.ensure({ username, displayName, password }, role), password }
  }
  const teacher = await account('teacher', '陈老师 Chen', 'teacher')
  const student = await account('student', '小雨 Rain', 'student')
  const operator = await account('operator', '运营 Operator', 'operator')
  const robotTeacher = (await account('robot-teacher', '林老师 Lin', 'teacher')).user
  const robotStudents: User[] = []
  for (const [index, name] of robotNames.entries())
    robotStudents.push((await account(`robot-student-${index + 1}`, name, 'student')).user)

  const demoLesson = await announce(lessons, robotTeacher, { ...liveNow, startsAt: now() })
  for (const { inMs, ...plan } of comingUp) {
    const startsAt = roundUp(now() + inMs, 15 * MINUTE_MS)
    await announce(lessons, teacher.user, { ...plan, startsAt })
  }
  const past = { ...lately, startsAt: roundUp(now() - DAY_MS, 30 * MINUTE_MS) }
  if (!(await find(lessons, robotTeacher, past.title))) await lessons.addPast(robotTeacher, past)
  const people = { person: teacher.user, robot: robotTeacher, operator: operator.user, learners: robotStudents }
  await seedShelf(deps, people)
  return {
    accounts: [teacher, student, operator],
    demoLesson,
    robots: { teacher: robotTeacher, students: robotStudents },
  }
}

/** The lesson of this title that has not ended: the one there is, moved to its new time if it has not begun, or a new one. */
async function announce(lessons: LessonService, teacher: User, plan: NewLesson): Promise<Lesson> {
  const known = await find(lessons, teacher, plan.title, (lesson) => lesson.status !== 'ended')
  if (!known) return lessons.create(teacher, plan)
  const begun = known.status === 'live' || known.status === 'paused'
  return begun ? known : lessons.update(teacher, known.id, { startsAt: plan.startsAt })
}

async function find(
  lessons: LessonService,
  teacher: User,
  title: string,
  matches: (lesson: Lesson) => boolean = () => true,
): Promise<Lesson | undefined> {
  let after: string | null = null
  do {
    const page = await lessons.list(teacher, { filter: 'mine', ...(after && { after }) })
    const found = page.lessons.find((lesson) => lesson.title === title && matches(lesson))
    if (found) return found
    after = page.next
  } while (after)
  return undefined
}

const roundUp = (at: number, step: number) => Math.ceil(at / step) * step

const robotNames = ['阿哲 Zhe', 'Mia', '一诺 Nuo', 'Lucas', '思远 Yuan']

const liveNow = {
  title: '一堂直播课怎样来到你面前 · How a live class reaches you',
  description:
    '跟着画面走一遍：从老师的摄像头，到服务器，再到你的屏幕，不到半秒。随时提问、投票、举手。\n\nFollow the picture from the camera through the server to your screen, in under half a second. Ask, vote and raise a hand at any time.',
  durationMinutes: 90,
}

const comingUp = [
  {
    inMs: 0,
    title: '轮到你上课了 · Your turn to teach',
    description:
      '用 teacher 账号进来，检查摄像头和麦克风，然后点「开始上课」。再开一个窗口，用 student 账号看。\n\nCome in as teacher, check camera and microphone, and press Start. Watch as student from a second window.',
    durationMinutes: 60,
  },
  {
    inMs: 3 * 60 * MINUTE_MS,
    title: '街头摄影的第一课 · First steps in street photography',
    description: '怎样靠近陌生人，怎样等一个瞬间。\n\nHow to come close to strangers, and how to wait for the moment.',
    durationMinutes: 60,
  },
  {
    inMs: DAY_MS,
    title: '手机调色：从灰到有味道 · Colour grading on a phone',
    description: '三张照片，三种情绪，一部手机。\n\nThree photographs, three moods, one phone.',
    durationMinutes: 45,
  },
  {
    inMs: 3 * DAY_MS,
    title: '作业点评：我眼中的家 · Your work reviewed: home',
    description: '交上来的照片，一张一张看。\n\nThe pictures you handed in, one by one.',
    durationMinutes: 120,
  },
]

const lately = {
  title: '看懂光的方向 · Reading the direction of light',
  description: '正面光、侧光、逆光，各拍一张就懂了。\n\nFront, side and back light, learnt with one picture each.',
  durationMinutes: 60,
}

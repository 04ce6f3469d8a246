/** The demo: known accounts, a few lessons, and a class of robots that is live at once. */
import { join } from 'node:path'
import type { MediaPlane } from '../../sfu/media.ts'
import type { Entitlements } from '../entitlements/service.ts'
import type { Uploads } from '../files/uploads.ts'
import type { User } from '../users/schema.ts'
import { type RobotsDeps, startRobots } from './robots.ts'
import { type SeedDeps, seedDemo } from './seed.ts'
import { courses as shelf } from './shelf/courses.ts'
import { addStudyMaterial } from './study-material.ts'

export type DemoDeps = Omit<SeedDeps, 'now'> & {
  entitlements: Entitlements
  uploads: Uploads
  media: MediaPlane
  /** Where the robots reach this server. */
  port: number
  dataDir: string
  log: RobotsDeps['log']
}

/** Fills the database and lets the robots in. Accounts keep their passwords over restarts. */
export async function startDemo({ entitlements, uploads, media, port, dataDir, log, ...seeded }: DemoDeps) {
  const { accounts, demoLesson, robots } = await seedDemo({ ...seeded, now: Date.now })
  const { lessons } = seeded
  const byId = new Map<string, User>([robots.teacher, ...robots.students].map((user) => [user.id, user]))
  const addressFor = async (userId: string) => {
    const { id, role, displayName } = byId.get(userId)!
    const answer = await entitlements.ticketFor({ id, role, displayName, sessionId: 'robot' }, demoLesson.id)
    return `ws://127.0.0.1:${port}${answer.url}?ticket=${answer.ticket}`
  }
  const running = startRobots({
    lessonId: demoLesson.id,
    robots: { teacher: robots.teacher.id, students: robots.students.map(({ id }) => id) },
    addressFor,
    mediaRoom: (lessonId) => media.room(lessonId),
    showFrame: (jpeg) => lessons.putFrame(robots.teacher, demoLesson.id, jpeg),
    cacheDir: join(dataDir, 'demo'),
    log,
  })
  const teacher = accounts.find(({ user }) => user.role === 'teacher')!.user
  const material = addStudyMaterial({ courses: seeded.courses, uploads, log }, teacher, shelf[0]!.title)
  const close = async () => {
    await Promise.all([running.close(), material.close()])
  }
  return { accounts, demoLesson, close }
}

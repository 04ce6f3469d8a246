/** A class on several nodes behind a balancer: its teacher and a student in real browsers, and people who chat all the time. */
import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { Redis } from 'ioredis'
import { users } from '../../db/schema.ts'
import { createPasswords } from '../../src/users/passwords.ts'
import { launchBrowser, openPage } from '../../test/support/browser.ts'
import { goLive, signIn, watch } from '../../test/support/class.ts'
import { lostOf, type Node, startCluster, Visitor } from '../../test/support/nodes.ts'
import type { Figures, Own, Progress } from '../benchmark.ts'
import { nextPictureTakenAfter } from '../picture-after.ts'
import { percentile } from '../statistics.ts'
import { openBalancer } from './balancer.ts'

const PASSWORD = 'correct horse battery'
/** What a modest camera gives: more costs a small machine its processor before it costs it time. */
const CAMERA = { width: 640, height: 360 }
const CHATTERERS = 6
const CHAT_EVERY_MS = 1500

export type ClusterClass = Awaited<ReturnType<typeof openClusterClass>>

export async function openClusterClass(own: Own, progress: Progress, size: number) {
  const cluster = await startCluster({ teardown: (close) => void own(close, () => close?.()) })
  progress(`starting ${size} nodes`)
  const nodes = await Promise.all(Array.from({ length: size }, () => cluster.start()))
  const balancer = own(await openBalancer(() => nodes.map(({ url }) => Number(new URL(url).port))), (each) =>
    each.close(),
  )
  const browser = own(await launchBrowser(), (each) => each.close())
  const redis = own(
    new Redis(cluster.redis.url).on('error', () => {}),
    (each) => each.disconnect(),
  )
  const { lessonId, teacherId } = await cluster.makeLesson()
  const passwordHash = await createPasswords().hash(PASSWORD)

  const enter = async (userId: string, clockCamera: boolean) => {
    const [user] = await cluster.db.update(users).set({ passwordHash }).where(eq(users.id, userId)).returning()
    const { page } = await openPage(browser, { clockCamera, camera: CAMERA })
    await signIn(page, balancer.url, { username: user!.username!, password: PASSWORD })
    return page
  }
  const teacher = await enter(teacherId, true)
  await goLive({ page: teacher }, balancer.url, lessonId)
  const student = await enter(await cluster.makeStudent(), false)
  await watch({ page: student }, balancer.url, lessonId)

  const chatterers: Visitor[] = []
  for (let count = 0; count < CHATTERERS; count++)
    chatterers.push(own(new Visitor([balancer], lessonId, await cluster.makeStudent()), (each) => each.leave()))
  const stopTalking = talk(chatterers)

  return {
    cluster,
    nodes,
    lessonId,
    student,
    balancer,
    /** The node that has the room. */
    async owner(): Promise<Node> {
      const held = await redis.get(`jiangtang:room:${lessonId}`)
      const owner = nodes.find(({ url }) => held?.endsWith(` ${url}`))
      if (!owner) throw new Error('no node has the room')
      return owner
    },
    /** How long after this moment the student sees a picture that was taken after it. */
    msToNewPicture: async (since = Date.now()) => (await nextPictureTakenAfter(student, since)) - since,
    /** What became of all that was said; nobody talks any more then. */
    async figures(): Promise<Figures> {
      await stopTalking()
      const { lost, gaps, log } = await lostOf(cluster, lessonId, chatterers)
      const absences = chatterers.flatMap((each) => each.absences)
      return {
        eventsStored: log.length,
        eventsLost: lost + gaps,
        classesEnded: log.filter(({ type }) => type === 'classEnded').length,
        awayMsP95: absences.length > 0 ? percentile(absences, 95) : 0,
      }
    },
  }
}

function talk(people: Visitor[]) {
  let talking = true
  const done = people.map(async (each, index) => {
    for (let count = 0; talking; count++) {
      await each.say(`${index} says ${count}`)
      await pause(CHAT_EVERY_MS)
    }
  })
  return async () => {
    talking = false
    await Promise.all(done)
  }
}

/** How far behind what the student sees is, each second while `going`; the longest stall shows as one large value. */
export async function lagsWhile(liveClass: Pick<ClusterClass, 'msToNewPicture'>, going: () => boolean) {
  const lags: number[] = []
  while (going()) {
    lags.push(await liveClass.msToNewPicture())
    await pause(1000)
  }
  return lags
}

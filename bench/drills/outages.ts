/** Redis, or PostgreSQL, is gone for a while: what a class that is on notices, and how soon all is as before. */
import { setTimeout as pause } from 'node:timers/promises'
import { Visitor } from '../../test/support/nodes.ts'
import type { Progress } from '../benchmark.ts'
import { owning } from '../benchmark.ts'
import type { Measured } from '../command.ts'
import { percentile } from '../statistics.ts'
import { type ClusterClass, lagsWhile, openClusterClass } from './cluster-class.ts'

const MINUTE_SECONDS = 60
const SETTLE_MS = 3000
const NEWCOMER_EVERY_MS = 2000

export const redisStop: Measured = {
  name: 'redis-stop',
  about: 'Redis is stopped, and starts empty: the class goes on, and people come into it as ever',
  aims: { mediaBackMsP95: { atMost: 1000 }, eventsLost: { atMost: 0 }, classesEnded: { atMost: 0 } },
  run: (progress, { seconds = MINUTE_SECONDS }) => outage(progress, seconds, 'redis'),
}

export const postgresStop: Measured = {
  name: 'postgres-stop',
  about: 'PostgreSQL is stopped: the class goes on, and what is said is confirmed when it is back',
  aims: { mediaBackMsP95: { atMost: 1000 }, eventsLost: { atMost: 0 }, classesEnded: { atMost: 0 } },
  run: (progress, { seconds = MINUTE_SECONDS }) => outage(progress, seconds, 'postgres'),
}

const outage = (progress: Progress, seconds: number, service: 'redis' | 'postgres') =>
  owning(async (own) => {
    const liveClass = await openClusterClass(own, progress, 2)
    const { cluster, lessonId } = liveClass
    const newcomers: string[] = []
    for (let count = 0; count < seconds; count += NEWCOMER_EVERY_MS / 1000) newcomers.push(await cluster.makeStudent())
    await pause(SETTLE_MS)
    progress(`${service} is stopped for ${seconds} s`)
    await cluster[service].stop()
    const endsAt = Date.now() + seconds * 1000
    const going = () => Date.now() < endsAt
    const entering = comeIn(newcomers, going, (peerId) =>
      own(new Visitor([liveClass.balancer], lessonId, peerId), (each) => each.leave()),
    )
    const lags = await lagsWhile(liveClass, going)
    const ways = await entering
    await cluster[service].start()
    const backAt = Date.now()
    await firstSaid(liveClass)
    const healedMs = Date.now() - backAt
    return {
      mediaBackMsP95: percentile(lags, 95),
      mediaBackMsMax: Math.max(...lags),
      cameIn: ways.length,
      cameInMsP95: ways.length > 0 ? percentile(ways, 95) : 0,
      healedMs,
      ...(await liveClass.figures()),
    }
  })

/** How long it took each who came while it lasted to be in the room. */
async function comeIn(people: string[], going: () => boolean, come: (peerId: string) => Visitor): Promise<number[]> {
  const ways: number[] = []
  for (const peerId of people) {
    if (!going()) break
    const startedAt = Date.now()
    void come(peerId)
      .inside()
      .then(() => {
        if (going()) ways.push(Date.now() - startedAt)
      })
    await pause(NEWCOMER_EVERY_MS)
  }
  while (going()) await pause(100)
  return ways
}

/** Somebody new comes into another class, says something, and is told that it is stored. */
async function firstSaid({ cluster, balancer }: ClusterClass): Promise<void> {
  const { lessonId, teacherId } = await retried(() => cluster.makeLesson())
  const visitor = new Visitor([balancer], lessonId, teacherId, 'teacher')
  await visitor.say('all is well')
  visitor.leave()
}

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch {
      await pause(100)
    }
  }
}

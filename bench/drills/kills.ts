/** A media worker, or the whole node that has the room, is killed: how long until the class is seen again. */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Figures, Progress } from '../benchmark.ts'
import { owning } from '../benchmark.ts'
import type { Measured } from '../command.ts'
import { percentile } from '../statistics.ts'
import { type ClusterClass, openClusterClass } from './cluster-class.ts'

const SETTLE_MS = 5000

export const workerKill: Measured = {
  name: 'worker-kill',
  about: 'the media worker that a class is on is killed',
  aims: { mediaBackMsP95: { atMost: 1500 }, eventsLost: { atMost: 0 }, classesEnded: { atMost: 0 } },
  run: (progress, { rounds = 10 }) =>
    killing(progress, 1, rounds, async (liveClass) => {
      process.kill(workerOf((await liveClass.owner()).pid), 'SIGKILL')
      return async () => {}
    }),
}

export const nodeKill: Measured = {
  name: 'node-kill',
  about: 'the node that has the room of a class is killed, and the class goes on at another',
  aims: { mediaBackMsP95: { atMost: 5000 }, eventsLost: { atMost: 0 }, classesEnded: { atMost: 0 } },
  run: (progress, { rounds = 5 }) =>
    killing(progress, 2, rounds, async ({ owner, nodes, cluster }) => {
      const dead = await owner()
      // As when the machine dies: a worker would forward a few pictures more.
      const worker = workerOf(dead.pid)
      dead.kill('SIGKILL')
      process.kill(worker, 'SIGKILL')
      await dead.exited
      nodes.splice(nodes.indexOf(dead), 1)
      return async () => void nodes.push(await cluster.start())
    }),
}

/** `kill` returns what is to be done before the next round. */
const killing = (
  progress: Progress,
  size: number,
  rounds: number,
  kill: (liveClass: ClusterClass) => Promise<() => Promise<void>>,
): Promise<Figures> =>
  owning(async (own) => {
    const liveClass = await openClusterClass(own, progress, size)
    const all: number[] = []
    for (let round = 1; round <= rounds; round++) {
      await pause(SETTLE_MS)
      const killedAt = Date.now()
      const mend = await kill(liveClass)
      const goneAt = Date.now()
      all.push((await liveClass.msToNewPicture(goneAt)) + goneAt - killedAt)
      progress(`round ${round} of ${rounds}: back after ${Math.round(all.at(-1)!)} ms`)
      await mend()
    }
    const { awayMsP95 = 0, ...others } = await liveClass.figures()
    return { mediaBackMsP50: percentile(all, 50), mediaBackMsP95: percentile(all, 95), awayMsP95, ...others }
  })

function workerOf(node: number): number {
  const children = readFileSync(`/proc/${node}/task/${node}/children`, 'utf8').trim().split(' ').map(Number)
  const worker = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('mediasoup-worker'))
  if (!worker) throw new Error('the node has no media worker')
  return worker
}

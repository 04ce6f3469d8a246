/** The demo class: a robot teacher who broadcasts real H.264 and Opus, and robot students who talk and vote. */
import { setTimeout as pause } from 'node:timers/promises'
import { openIngest } from '../../sfu/ingest.ts'
import type { MediaRoom } from '../../sfu/media-room.ts'
import type { RoomEvent } from '../../signaling/protocol/events.ts'
import { type Broadcast, startBroadcast } from './broadcast.ts'
import { RobotPeer } from './robot-peer.ts'
import { chatter, polls } from './script.ts'

export type RobotsDeps = {
  lessonId: string
  /** User ids, the teacher's first. */
  robots: { teacher: string; students: string[] }
  /** The address of a socket to the lesson's room for this user, with its ticket. */
  addressFor(userId: string): Promise<string>
  mediaRoom(lessonId: string): MediaRoom | undefined
  /** Shows everyone the teacher's current picture; refused until the class has begun. */
  showFrame(jpeg: Buffer): Promise<void>
  cacheDir: string
  log: { info(details: object, message: string): void; warn(details: object, message: string): void }
}

const FIRST_MESSAGES = 6
/** Without a picture: a worker may have died, or ffmpeg be missing. */
const ON_AIR_AGAIN_MS = 3000
const FRAME_AGAIN_MS = 1000
const FRAME_TRIES = 5
const POLL_EVERY_MS = 150_000
const POLL_OPEN_MS = 60_000

/** Runs until closed. Robots that lose their socket come back. */
export function startRobots(deps: RobotsDeps): { close(): Promise<void> } {
  const stop = new AbortController()
  const running = [
    keepComing(deps, deps.robots.teacher, stop.signal, (peer) => teach(peer, deps, stop.signal)),
    ...deps.robots.students.map((userId, index) =>
      keepComing(deps, userId, stop.signal, (peer) => attend(peer, index, deps.robots.students.length, stop.signal)),
    ),
  ]
  return {
    async close() {
      stop.abort()
      await Promise.allSettled(running)
    },
  }
}

/** Opens a socket for the robot, lets it act until the socket is gone, and starts again. */
async function keepComing(
  { addressFor, log }: RobotsDeps,
  userId: string,
  signal: AbortSignal,
  act: (peer: RobotPeer) => Promise<() => Promise<void> | void>,
): Promise<void> {
  while (!signal.aborted) {
    let leave: () => Promise<void> | void = () => {}
    let peer: RobotPeer | undefined
    const close = () => peer?.close()
    signal.addEventListener('abort', close)
    try {
      peer = new RobotPeer(await addressFor(userId))
      await peer.joined
      leave = await act(peer)
      if (signal.aborted) peer.close()
      await peer.closed
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error, userId }, 'a robot lost its way')
      peer?.close()
    } finally {
      signal.removeEventListener('abort', close)
      await leave()
    }
    await pause(1000, undefined, { signal }).catch(() => {})
  }
}

async function teach(peer: RobotPeer, deps: RobotsDeps, signal: AbortSignal): Promise<() => Promise<void>> {
  const { snapshot } = await peer.joined
  let broadcast: Broadcast | undefined
  let turn: Promise<void> = Promise.resolve()
  let again: NodeJS.Timeout | undefined
  let left = false
  /** Never rejects, or nobody would have another turn. */
  const begin = async () => {
    clearTimeout(again)
    const before = broadcast
    broadcast = undefined
    try {
      await before?.close()
      if (!signal.aborted && !left) broadcast = await goOnAir(peer, deps)
    } catch (error) {
      deps.log.warn({ err: error }, 'the demo teacher cannot broadcast')
      again = setTimeout(onAir, ON_AIR_AGAIN_MS)
    }
  }
  const onAir = () => {
    turn = turn.then(begin)
    return turn
  }
  const leave = async () => {
    left = true
    await turn
    clearTimeout(again)
    await broadcast?.close()
  }
  peer.on('mediaReset', onAir)
  try {
    await onAir()
    if (snapshot.status === 'scheduled' || snapshot.status === 'lobby') await peer.request('startClass', {})
  } catch (error) {
    await leave()
    throw error
  }
  void askNowAndThen(peer, signal)
  return leave
}

async function goOnAir(peer: RobotPeer, deps: RobotsDeps): Promise<Broadcast> {
  const { lessonId, mediaRoom, cacheDir, log } = deps
  const room = mediaRoom(lessonId)
  if (!room) throw new Error('the room has no media')
  const { self } = await peer.joined
  const ingest = await openIngest(room, self.peerId)
  return startBroadcast({ ingest, cacheDir, log, onFrame: (jpeg) => void show(jpeg, deps) })
}

/** The first picture may be there before the class has begun. */
async function show(jpeg: Buffer, { showFrame }: RobotsDeps): Promise<void> {
  for (let tries = 0; tries < FRAME_TRIES; tries++) {
    const shown = await showFrame(jpeg).then(
      () => true,
      () => false,
    )
    if (shown) return
    await pause(FRAME_AGAIN_MS, undefined, { ref: false })
  }
}

async function askNowAndThen(peer: RobotPeer, signal: AbortSignal): Promise<void> {
  let closed = false
  void peer.closed.then(() => {
    closed = true
  })
  const wait = (ms: number) => pause(ms, undefined, { signal })
  for (let round = 0; !closed; round++) {
    try {
      await wait(round === 0 ? 20_000 : POLL_EVERY_MS)
      const { seq } = await peer.request('openPoll', polls[round % polls.length]!)
      await wait(POLL_OPEN_MS)
      await peer.request('closePoll', { pollSeq: seq })
    } catch {
      if (signal.aborted) return
    }
  }
}

/** Talks in turn with the others, quickly at first so that a newcomer sees a lively room, and votes. */
async function attend(peer: RobotPeer, index: number, robots: number, signal: AbortSignal): Promise<() => void> {
  const vote = async (event: RoomEvent) => {
    if (event.type !== 'pollOpened') return
    await pause(2000 + 1500 * index, undefined, { signal })
    const choice = (event.seq + index * index) % event.data.poll.options.length
    await peer.request('vote', { pollSeq: event.seq, choices: [choice] })
  }
  peer.on('events', ({ events }) => {
    for (const event of events) vote(event).catch(() => {})
  })
  const stop = new AbortController()
  void talk(peer, index, robots, AbortSignal.any([signal, stop.signal])).catch(() => {})
  return () => stop.abort()
}

async function talk(peer: RobotPeer, index: number, robots: number, signal: AbortSignal): Promise<void> {
  await pause(1500 + index * 2500, undefined, { signal })
  for (let line = index; ; line += robots) {
    await peer.request('sendMessage', { text: chatter[line % chatter.length]! })
    const lively = line < FIRST_MESSAGES * robots
    await pause((lively ? 9000 : 40_000) + index * 1300, undefined, { signal })
  }
}

/** Which worker takes the next room, and which one the next viewer of a room that is open already. */

/** What a worker carries now. */
export type Burden = {
  /** CPU of the last interval, 1 is a whole core. */
  load: number
  routers: number
  consumers: number
  /** Transports that viewers receive on, those that are being made too. */
  viewers: number
  /** How many consumers it is meant to carry at most. */
  limit: number
}

/** What an open room without viewers weighs. */
const ROUTER_WEIGHT = 0.01
/** Each viewer will take a picture and a sound. */
const CONSUMERS_OF_A_VIEWER = 2
/** A room goes on to a further worker where all that it is on are this full: pictures stutter before a core is full. */
const CROWDED = 0.66
/** And where the further one is emptier by this much: a pipe between workers costs something too. */
const GAIN = 0.1

/** CPU lags behind a crowd that is just coming in, and the count of consumers says nothing of their bitrate: both count. */
export const weightOf = (burden: Burden) =>
  burden.load + takenUp(burden) / burden.limit + burden.routers * ROUTER_WEIGHT

/** 0 for an idle worker, 1 for one at its limit. */
export const fullnessOf = (burden: Burden) => Math.max(burden.load, takenUp(burden) / burden.limit)

const takenUp = ({ consumers, viewers }: Burden) => Math.max(consumers, viewers * CONSUMERS_OF_A_VIEWER)

/** The one with the most room for a new class. */
export const lightest = <T extends Burden>(workers: T[]): T | undefined =>
  workers.toSorted((a, b) => weightOf(a) - weightOf(b))[0]

/**
 * Where the next viewer of a room goes that is on the workers `held`, its home first: the first of them that is not
 * crowded, or else the emptiest of `all`, if that is worth a pipe to it.
 */
export function placeForViewer<T extends Burden>(held: [T, ...T[]], all: T[]): T {
  const roomy = held.find((worker) => fullnessOf(worker) < CROWDED)
  if (roomy) return roomy
  const [best] = held.toSorted((a, b) => fullnessOf(a) - fullnessOf(b)) as [T]
  const [other] = all.filter((worker) => !held.includes(worker)).sort((a, b) => fullnessOf(a) - fullnessOf(b))
  return other && fullnessOf(other) + GAIN < fullnessOf(best) ? other : best
}

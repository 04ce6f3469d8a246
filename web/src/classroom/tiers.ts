/** Which tier a class is watched in, and when that changes: signs in, states out. Nothing here waits, asks or draws. */
import type { Tier } from '../../../signaling/protocol/media.ts'

/** Why one is not on a seat. */
export type Reason = 'network' | 'bandwidth' | 'full'

export type Tiers = {
  /** Where the picture on the screen comes from. */
  shown: Tier
  /** Where it is to come from: on the way, the other one. */
  wanted: Tier
  since: number
  reason: Reason | null
  /** The viewer went back, or paused: that needs the broadcast, and nothing moves them from there. */
  rewound: boolean
  /** How often in a row the seat was lost again, or could not be had. */
  falls: number
  /** When the next way up is tried. */
  upAt: number
}

export type Sign =
  /** WebRTC carries nothing, or not even the lowest layer, or has no seat to give. */
  | { type: Reason }
  | { type: 'rewound' }
  | { type: 'live' }
  /** WebRTC carries again what it was to be left for. */
  | { type: 'carried' }
  /** A picture of the wanted tier is there. */
  | { type: 'shown' }
  /** The machine has another network, or any again. */
  | { type: 'networkChanged' }
  /** The server gave a seat without being asked. */
  | { type: 'seated' }
  | { type: 'tick' }

export const tierPolicy = {
  /** Waits before the first, second, … try to go up; the last one repeats. */
  upAfterMs: [6000, 12_000, 20_000, 30_000],
  /** A way up that takes longer has failed. */
  upWithinMs: 8000,
  /** A seat that was kept this long starts the count anew. */
  steadyMs: 30_000,
  /** After a change of network the way up is tried sooner. */
  afterChangeMs: 1000,
} as const

export const firstTiers: Tiers = {
  shown: 'interactive',
  wanted: 'interactive',
  since: Number.NEGATIVE_INFINITY,
  reason: null,
  rewound: false,
  falls: 0,
  upAt: 0,
}

export function nextTiers(tiers: Tiers, sign: Sign, now: number): Tiers {
  return moves[sign.type](tiers, now)
}

const up = (tiers: Tiers, now: number): Tiers => ({ ...tiers, wanted: 'interactive', since: now })

const moves: Record<Sign['type'], (tiers: Tiers, now: number) => Tiers> = {
  network: (tiers, now) => down(tiers, 'network', now),
  bandwidth: (tiers, now) => down(tiers, 'bandwidth', now),
  full: (tiers, now) => down(tiers, 'full', now),
  carried: (tiers, now) =>
    tiers.shown === 'interactive' && tiers.reason === 'network' && !tiers.rewound
      ? { ...tiers, wanted: 'interactive', since: now, reason: null }
      : tiers,
  rewound: (tiers, now) => ({ ...tiers, rewound: true, wanted: 'broadcast', since: now }),
  live: (tiers, now) => {
    if (!tiers.rewound) return tiers
    const back = { ...tiers, rewound: false }
    return tiers.reason === null ? up(back, now) : back
  },
  shown: (tiers, now) => {
    if (tiers.shown === tiers.wanted) return tiers
    const reason = tiers.wanted === 'interactive' ? null : tiers.reason
    return { ...tiers, shown: tiers.wanted, since: now, reason }
  },
  networkChanged: (tiers, now) =>
    tiers.wanted === 'broadcast' ? { ...tiers, falls: 0, upAt: now + tierPolicy.afterChangeMs } : tiers,
  seated: (tiers, now) => (tiers.wanted === 'interactive' ? tiers : up({ ...tiers, rewound: false }, now)),
  tick: (tiers, now) => {
    const { shown, wanted, rewound, upAt, since } = tiers
    if (shown === 'interactive') return tiers
    if (wanted === 'broadcast') return rewound || now < upAt ? tiers : up(tiers, now)
    return now - since > tierPolicy.upWithinMs ? down(tiers, tiers.reason ?? 'network', now) : tiers
  },
}

function down(tiers: Tiers, reason: Reason, now: number): Tiers {
  if (tiers.wanted === 'broadcast') return { ...tiers, reason: tiers.reason ?? reason }
  const lasted = tiers.shown === 'interactive' && now - tiers.since >= tierPolicy.steadyMs
  const falls = lasted ? 0 : tiers.falls
  const { upAfterMs } = tierPolicy
  const upAt = now + upAfterMs[Math.min(falls, upAfterMs.length - 1)]!
  return { ...tiers, wanted: 'broadcast', since: now, reason, falls: falls + 1, upAt }
}

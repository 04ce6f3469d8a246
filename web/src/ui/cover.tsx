/** A cover painted from a lesson's id: a persimmon sun over washed hills, never twice the same. */
import { useId } from 'react'

function dice(seed: string): () => number {
  let state = 2166136261
  for (const char of seed) state = Math.imul(state ^ char.charCodeAt(0), 16777619)
  return () => {
    state = Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9
    return ((state ^ (state >>> 13)) >>> 0) / 4294967296
  }
}

function hill(roll: () => number, base: number, height: number): string {
  const points = Array.from({ length: 5 }, (_, place) => ({ x: place * 100 - 40, y: base - roll() * height }))
  const curve = points
    .slice(1)
    .map(({ x, y }, place) => {
      const before = points[place]!
      const middle = (before.x + x) / 2
      return `C${middle} ${before.y} ${middle} ${y} ${x} ${y}`
    })
    .join(' ')
  return `M${points[0]!.x} ${points[0]!.y} ${curve} V190 H-40 Z`
}

export function Cover({ seed, className }: { seed: string; className?: string }) {
  const id = useId()
  const roll = dice(seed)
  const sun = { x: 60 + roll() * 200, y: 46 + roll() * 44, r: 22 + roll() * 16 }
  return (
    <svg
      viewBox="0 0 320 180"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
      className={className}
      style={{ background: 'var(--cover-paper)' }}
    >
      <defs>
        <linearGradient id={id} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="var(--cover-hill)" stopOpacity="0.85" />
          <stop offset="1" stopColor="var(--cover-hill)" stopOpacity="0.25" />
        </linearGradient>
      </defs>
      <circle cx={sun.x} cy={sun.y} r={sun.r} fill="var(--accent)" opacity="0.92" />
      <path d={hill(roll, 122, 52)} fill="var(--cover-wash)" />
      <path d={hill(roll, 148, 48)} fill={`url(#${id})`} />
      <path d={hill(roll, 172, 36)} fill="var(--cover-ink)" opacity="0.9" />
    </svg>
  )
}

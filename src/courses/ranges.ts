/** What was watched of a lesson, as sorted ranges that do not touch. */

/** From and to, in milliseconds of the lesson's own time. */
export type Range = [fromMs: number, toMs: number]

/** Players report a few times a second: a shorter gap was not skipped. */
export const GAP_MS = 500

/**
 * All that is in any of these ranges, gaps up to `GAP_MS` filled, and nothing beyond `endMs`. Whatever the order and
 * however often something is merged, the result is the same.
 */
export function mergeRanges(ranges: readonly Range[], endMs = Number.POSITIVE_INFINITY): Range[] {
  const merged: Range[] = []
  const sorted = ranges
    .map(([from, to]): Range => [from, Math.min(to, endMs)])
    .filter(([from, to]) => from < to)
    .sort(([one], [other]) => one - other)
  for (const [from, to] of sorted) {
    const last = merged.at(-1)
    if (last && from <= last[1] + GAP_MS) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

export const lengthOf = (ranges: readonly Range[]) => ranges.reduce((sum, [from, to]) => sum + to - from, 0)

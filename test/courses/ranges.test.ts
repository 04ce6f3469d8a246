import fc from 'fast-check'
import t from 'tap'
import { GAP_MS, lengthOf, mergeRanges, type Range } from '../../src/courses/ranges.ts'

const END_MS = 20_000
const range = fc
  .tuple(fc.integer({ min: 0, max: END_MS }), fc.integer({ min: 1, max: 3000 }))
  .map(([from, length]): Range => [from, from + length])
const report = fc.array(range, { maxLength: 12 })
const holds = (property: fc.IProperty<never>) => fc.assert(property as never, { numRuns: 2000 })
const covers = (ranges: Range[], ms: number) => ranges.some(([from, to]) => from <= ms && ms < to)

t.test('merged ranges are sorted and do not touch', async (t) => {
  holds(
    fc.property(report, (ranges) => {
      const merged = mergeRanges(ranges)
      return merged.every(([from, to], place) => from < to && (place === 0 || from > merged[place - 1]![1] + GAP_MS))
    }) as never,
  )
  t.pass()
})

t.test('what was watched is in them; what lies further from it than a gap is not', async (t) => {
  holds(
    fc.property(report, fc.integer({ min: 0, max: END_MS + 3000 }), (ranges, ms) => {
      const near = ranges.some(([from, to]) => from - GAP_MS <= ms && ms <= to + GAP_MS)
      const inside = covers(mergeRanges(ranges), ms)
      return covers(ranges, ms) ? inside : near || !inside
    }) as never,
  )
  t.pass()
})

t.test('two devices may report in any order, and as often as they like', async (t) => {
  holds(
    fc.property(report, report, report, (one, other, third) => {
      const expected = JSON.stringify(mergeRanges([...one, ...other, ...third]))
      const inTurn = (...reports: Range[][]) =>
        JSON.stringify(reports.reduce((known, ranges) => mergeRanges(known.concat(ranges)), []))
      return [
        inTurn(one, other, third),
        inTurn(third, one, other),
        inTurn(other, other, third, one, third, one),
        inTurn([...one, ...other], third),
      ].every((result) => result === expected)
    }) as never,
  )
  t.pass()
})

t.test('watching more never makes it less, and nothing is counted twice or beyond the end', async (t) => {
  holds(
    fc.property(report, report, (one, other) => {
      const before = lengthOf(mergeRanges(one, END_MS))
      const after = lengthOf(mergeRanges([...mergeRanges(one, END_MS), ...other], END_MS))
      return before <= after && after <= END_MS
    }) as never,
  )
  t.pass()
})

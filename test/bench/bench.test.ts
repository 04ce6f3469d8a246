import t from 'tap'
import { parseArguments, usage } from '../../bench/arguments.ts'
import { isMet, owning } from '../../bench/benchmark.ts'
import { factsTable, figuresTable, jsonLine } from '../../bench/report.ts'
import { median, percentile, rounded } from '../../bench/statistics.ts'

const known = ['join', 'glass']

t.test('no names mean every benchmark', async (t) => {
  t.strictSame(parseArguments([], known), {
    names: known,
    json: false,
    help: false,
    seconds: undefined,
    rounds: undefined,
  })
})

t.test('names and flags come in any order', async (t) => {
  const { names, json } = parseArguments(['glass', '--json', 'glass'], known)
  t.strictSame([names, json], [['glass'], true])
})

t.test('what cannot be understood is named', async (t) => {
  t.throws(() => parseArguments(['jion'], known), { message: /"jion"/ })
  t.throws(() => parseArguments(['--jsno'], known), { message: /"--jsno"/ })
  t.throws(() => parseArguments(['constructor'], known))
  for (const wrong of ['--seconds', '--seconds=0', '--seconds=x', '--rounds=-1'])
    t.throws(() => parseArguments([wrong], known))
  t.match(parseArguments(['--seconds=5', '--rounds=2'], known), { names: known, seconds: 5, rounds: 2 })
  t.match(usage('bench', [{ name: 'join', about: 'coming in' }]), /join +coming in/)
})

t.test('percentiles are values that were measured', async (t) => {
  const values = [30, 10, 20, 40]
  t.strictSame(
    [1, 25, 50, 51, 95, 100].map((percent) => percentile(values, percent)),
    [10, 10, 20, 30, 40, 40],
  )
  t.strictSame(values, [30, 10, 20, 40], 'the values stay in their order')
  t.throws(() => percentile([], 50))
})

t.test('the median is the middle, or between the middle two', async (t) => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 2, 3]), 2.5)
  t.throws(() => median([]))
})

t.test('figures are printed with the digits that mean something', async (t) => {
  t.strictSame([0.98765, 12.345, 1234.56, 0].map(rounded), [0.988, 12.3, 1235, 0])
  t.equal(jsonLine('bench', 'glass', { webrtcMsP50: 93.44 }), '{"bench":"glass","figures":{"webrtcMsP50":93.4}}')
})

t.test('an aim stands beside its figure, met or missed', async (t) => {
  t.ok(isMet({ atMost: 150 }, 150))
  t.notOk(isMet({ atLeast: 0.7 }, 0.69))
  const table = figuresTable(
    { aims: { p50: { atMost: 150 }, ratio: { atLeast: 0.7 } } },
    { p50: 93, ratio: 0.5, other: 1 },
  )
  t.match(table, /\| p50 +\| 93 +\| ≤ 150 +\| met +\|/)
  t.match(table, /\| ratio +\| 0\.5 +\| ≥ 0\.7 +\| missed +\|/)
  t.match(table, /\| other +\| 1 +\| +\| +\|/)
  t.match(factsTable({ Node: 'v24' }), /\| Node +\| v24 \|/)
})

t.test('what a run owns is given back, last first, also when it fails', async (t) => {
  const closed: string[] = []
  const failing = owning(async (own) => {
    own('first', (name) => closed.push(name))
    own('second', (name) => closed.push(name))
    throw new Error('on the way')
  })
  await t.rejects(failing, { message: 'on the way' })
  t.strictSame(closed, ['second', 'first'])
})

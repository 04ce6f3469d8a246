import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { Attendance, type AttendanceReport, TELL_EVERY_MS } from '../../web/src/classroom/attendance.ts'

const START = 1_000_000

function attend(t: Test, fails = false) {
  mock.timers.enable({ apis: ['setInterval'] })
  let at = START
  const reports: AttendanceReport[] = []
  const attendance = new Attendance({
    now: () => at,
    report: async (report) => {
      reports.push(report)
      if (fails) throw new Error('no network')
    },
  })
  const pass = (ms: number) => {
    at += ms
    mock.timers.tick(ms)
  }
  t.teardown(() => {
    attendance.close()
    mock.timers.reset()
  })
  return { attendance, reports, pass }
}

t.test('who comes late and stays is told of in the time of the class', async (t) => {
  const { attendance, reports, pass } = attend(t)
  pass(60_000)
  attendance.notice(START)
  pass(TELL_EVERY_MS)
  t.same(reports, [{ positionMs: 90_000, watched: [[60_000, 90_000]] }])
})

t.test('a gap in between was not attended', async (t) => {
  const { attendance, reports, pass } = attend(t)
  attendance.notice(START)
  pass(10_000)
  attendance.notice(null)
  t.same(reports.at(-1), { positionMs: 10_000, watched: [[0, 10_000]] })
  pass(5_000)
  attendance.notice(START)
  pass(10_000)
  attendance.close()
  t.same(reports.at(-1), {
    positionMs: 25_000,
    watched: [
      [0, 10_000],
      [15_000, 25_000],
    ],
  })
})

t.test('what could not be told is told again with the rest', async (t) => {
  const { attendance, reports, pass } = attend(t, true)
  attendance.notice(START)
  pass(10_000)
  attendance.notice(null)
  attendance.notice(START)
  pass(TELL_EVERY_MS)
  t.equal(reports.at(-1)!.watched.length, 2)
})

t.test('who was never there is not told of', async (t) => {
  const { attendance, reports, pass } = attend(t)
  pass(TELL_EVERY_MS * 2)
  attendance.notice(null)
  attendance.close()
  t.same(reports, [])
})

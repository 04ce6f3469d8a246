import t, { type Test } from 'tap'
import { LiveFrame } from '../../web/src/classroom/live-frame.ts'
import { silentLog } from '../../web/src/classroom/log.ts'
import { until } from '../support/classroom.ts'
import { fakeTrack, settle } from './fake-media.ts'

/** A class that takes a picture every few milliseconds; `said` is what its server was told. */
function open(t: Test) {
  const said: string[] = []
  const state = {
    camera: fakeTrack('video') as MediaStreamTrack | null,
    refused: false,
    arrived: Promise.resolve(),
  }
  const frame = new LiveFrame({
    picture: () => state.camera,
    take: async () => new Blob(['a picture'], { type: 'image/jpeg' }),
    async send() {
      said.push('sending')
      await state.arrived
      if (state.refused) throw new Error('no')
      said.push('shown')
    },
    async remove() {
      said.push('removed')
    },
    log: silentLog,
    times: { firstAfterMs: 1, everyMs: 5 },
  })
  t.teardown(() => frame.stop())
  const shown = () => said.filter((word) => word === 'shown').length
  return { frame, state, said, shown }
}

t.test('a picture is sent soon, and then again and again', async (t) => {
  const { shown } = open(t)
  await until(() => shown() >= 3)
})

t.test('who stops is taken off the card, and no picture comes after that', async (t) => {
  const { frame, said, shown } = open(t)
  await until(() => shown() > 0)
  frame.stop()
  frame.stop()
  await until(() => said.includes('removed'))
  const before = [...said]
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.same(said, before)
  t.equal(said.filter((word) => word === 'removed').length, 1)
})

t.test('a picture that is on its way when the teacher stops is removed when it has arrived', async (t) => {
  const { frame, state, said } = open(t)
  const gate = Promise.withResolvers<void>()
  state.arrived = gate.promise
  await until(() => said.length === 1)
  frame.stop()
  await settle()
  t.same(said, ['sending'])
  gate.resolve()
  await until(() => said.length === 3)
  t.same(said, ['sending', 'shown', 'removed'])
})

t.test('without a camera there is no picture, and an earlier one is taken away once', async (t) => {
  const { state, said, shown } = open(t)
  await until(() => shown() > 0)
  state.camera = null
  await until(() => said.includes('removed'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(said.filter((word) => word === 'removed').length, 1)
  const before = shown()
  state.camera = fakeTrack('video')
  await until(() => shown() > before)
})

t.test('a refusal ends nothing, and what was never shown need not be removed', async (t) => {
  const { frame, state, said, shown } = open(t)
  state.refused = true
  await until(() => said.length > 2)
  frame.stop()
  await settle()
  t.notOk(said.includes('removed'))
  t.equal(shown(), 0)
})

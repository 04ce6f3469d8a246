import t from 'tap'
import { type Audience, type Machine, plan } from '../../src/capacity/plan.ts'

const audience: Audience = {
  classes: 1,
  seats: 100,
  viewers: 0,
  width: 1280,
  height: 720,
  framesPerSecond: 30,
  bitsPerPixel: 0.07,
  hours: 1,
  cdnPlaces: 0,
}
const machine: Machine = { cores: 8, megabitsPerSecond: 1000, microsPerPacket: 20, broadcastViewersPerCore: 300 }

const near = (value: number, wanted: number) => Math.abs(value - wanted) < wanted * 0.01

t.test('the picture is frame rate × width × height × bits per pixel', async (t) => {
  const need = plan(audience, machine)
  t.ok(near(need.viewerKbps, 30 * 1280 * 720 * 0.07 * 1e-3 + 48))
  t.ok(near(need.teacherUplinkKbps, 1935.36 * 1.3125 + 48), 'a teacher sends a quarter and a sixteenth of it, too')
  t.ok(near(need.interactiveMbps, 210.2), 'one hundred viewers')
  t.equal(need.broadcastMbps, 0)
  t.equal(need.machines, 1)
})

t.test('cores follow the packets, and what one of them costs', async (t) => {
  const need = plan(audience, machine)
  const packets = 1_935_360 / 8800 + 50
  t.ok(near(need.mediaCores, (100 * packets * 20e-6) / 0.66))
  t.ok(near(plan(audience, { ...machine, microsPerPacket: 40 }).mediaCores, need.mediaCores * 2))
  t.ok(near(plan({ ...audience, seats: 200 }, machine).mediaCores, need.mediaCores * 2))
})

t.test('whatever runs out first decides how many machines there are', async (t) => {
  t.match(plan({ ...audience, seats: 1000 }, machine), { machines: 3, limitedBy: 'bandwidth' })
  t.match(plan({ ...audience, seats: 1000 }, { ...machine, megabitsPerSecond: 10_000 }), {
    machines: 2,
    limitedBy: 'cores',
  })
})

t.test('a CDN asks once for each of its places, and sends the rest', async (t) => {
  const alone = plan({ ...audience, viewers: 10_000 }, machine)
  const fronted = plan({ ...audience, viewers: 10_000, cdnPlaces: 10 }, machine)
  t.equal(fronted.cdnMbps, alone.broadcastMbps)
  t.ok(fronted.broadcastMbps < 30)
  t.ok(fronted.serverCores < alone.serverCores / 100)
  t.equal(fronted.machines, 1)
})

t.test('replays take all layers', async (t) => {
  t.ok(near(plan(audience, machine).storageGb, (2588 * 3600) / 8e6))
})

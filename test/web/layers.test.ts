import t from 'tap'
import { cameraEncodings, layerFor, wantedLayer } from '../../web/src/classroom/layers.ts'

t.test('a picture gets the lowest layer that looks sharp at its size', async (t) => {
  t.equal(layerFor(100, 1, 3), 0)
  t.equal(layerFor(360, 1, 3), 1)
  t.equal(layerFor(600, 1, 3), 2)
  t.equal(layerFor(2000, 2, 3), 2)
})

t.test('a dense screen counts, up to twice', async (t) => {
  t.equal(layerFor(200, 1, 3), 0)
  t.equal(layerFor(200, 2, 3), 1)
  t.equal(layerFor(200, 3, 3), layerFor(200, 2, 3))
})

t.test('a camera with fewer layers starts higher', async (t) => {
  t.equal(layerFor(180, 1, 2), 0)
  t.equal(layerFor(600, 1, 2), 1)
  t.equal(layerFor(600, 1, 1), 0)
})

t.test('a chosen quality wins over the size, within what there is', async (t) => {
  t.equal(wantedLayer(0, 1000, 1, 3), 0)
  t.equal(wantedLayer(2, 100, 1, 2), 1)
  t.equal(wantedLayer('auto', 100, 1, 3), 0)
})

t.test('a camera is sent in three layers at 720p, lowest first, and in fewer below', async (t) => {
  t.same(
    cameraEncodings(720).map((encoding) => encoding.scaleResolutionDownBy),
    [4, 2, 1],
  )
  t.equal(cameraEncodings(480).length, 2)
  t.equal(cameraEncodings(240).length, 1)
  for (const height of [240, 480, 720]) {
    const bitrates = cameraEncodings(height).map(({ maxBitrate }) => maxBitrate)
    t.same(
      bitrates,
      [...bitrates].sort((a, b) => a - b),
    )
  }
})

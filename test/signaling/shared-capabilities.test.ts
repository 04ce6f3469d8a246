import t from 'tap'
import { SharedCapabilities } from '../../signaling/shared-capabilities.ts'

const opus = () => ({
  codecs: [
    { kind: 'audio' as const, mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
  ],
})
const vp8 = () => ({
  codecs: [{ kind: 'video' as const, mimeType: 'video/VP8', preferredPayloadType: 101, clockRate: 90_000 }],
})

t.test('those who can receive the same share one object', async (t) => {
  const shared = new SharedCapabilities()
  t.equal(shared.of(opus()), shared.of(opus()))
  t.not(shared.of(vp8()), shared.of(opus()))
  t.strictSame(shared.of(vp8()), vp8())
})

t.test('whoever makes up kinds of browser fills no memory with them', async (t) => {
  const shared = new SharedCapabilities()
  for (let kind = 0; kind < 100; kind++)
    shared.of({ headerExtensions: [{ kind: 'audio', uri: `urn:${kind}` as never, preferredId: 1 }] })
  const late = opus()
  t.equal(shared.of(late), late)
  t.not(shared.of(opus()), late, 'it is not kept')
})

import t from 'tap'
import { readOffer } from '../../../sfu/sdp/offer.ts'

const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':')
const HEAD = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=ice-ufrag:name',
  'a=ice-pwd:a-password-of-twenty-two',
  `a=fingerprint:sha-256 ${fingerprint}`,
]
const SECTION = ['m=video 9 UDP/TLS/RTP/SAVPF 96', 'a=mid:0', 'a=recvonly', 'a=rtpmap:96 H264/90000']
const offer = (...more: string[]) => [...HEAD, ...SECTION, ...more, ''].join('\r\n')

t.test('an offer is read', async (t) => {
  t.match(readOffer(offer(), 'recv'), { sections: [{ kind: 'video', mid: '0' }], iceUfrag: 'name' })
})

t.test('one that would be long to read is refused before it is read', async (t) => {
  const lines = Array.from({ length: 20_000 }, () => 'a=x')
  t.throws(() => readOffer(offer(...lines), 'recv'), { code: 'bad_request' })
  const codecs = Array.from({ length: 200 }, (_, each) => `a=rtpmap:${each} H264/90000`)
  t.throws(() => readOffer(offer(...codecs), 'recv'), { code: 'bad_request' })
})

t.test('what is no offer, or asks for something else, is named', async (t) => {
  t.throws(() => readOffer('hello', 'recv'), { code: 'bad_request' })
  t.throws(() => readOffer(HEAD.join('\r\n'), 'recv'), { code: 'not_acceptable' })
  t.throws(() => readOffer(offer(), 'send'), { code: 'not_acceptable' })
  t.throws(() => readOffer(offer(...SECTION), 'recv'), { code: 'not_acceptable' })
})

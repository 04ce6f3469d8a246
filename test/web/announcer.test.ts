import { mock } from 'node:test'
import t, { type Test } from 'tap'
import type { EventData, EventType, Person, RoomEvent } from '../../signaling/protocol/events.ts'
import { Announcer, type Saying } from '../../web/src/classroom/announcer.ts'

const me: Person = { peerId: 'me', displayName: 'Me', role: 'student' }
const rain: Person = { peerId: 'rain', displayName: 'Rain', role: 'student' }

let seq = 0
const event = <T extends EventType>(type: T, data: EventData<T>, by: Person = rain) => {
  seq += 1
  return { seq, at: seq, mediaMs: null, by, type, data } as RoomEvent
}
const message = (text: string, by = rain) => event('messageSent', { text }, by)
const poll = (question: string) => event('pollOpened', { poll: { question, options: ['a', 'b'], multiple: false } })

function open(t: Test) {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  t.teardown(() => mock.timers.reset())
  const announcer = new Announcer({
    selfId: () => 'me',
    questionText: (seq) => (seq === 7 ? 'Why blue?' : undefined),
    optionsText: (pollSeq, options) => (pollSeq === 9 ? `option ${options.join()}` : undefined),
  })
  const said: (readonly Saying[])[] = []
  announcer.said.subscribe(() => said.push(announcer.said.get()))
  return { announcer, said, wait: (ms: number) => mock.timers.tick(ms) }
}

t.test('what is said is said after a moment, with who said it', (t) => {
  const { wait, announcer, said } = open(t)
  announcer.hear([message('Hello')])
  t.strictSame(said, [])
  wait(500)
  t.strictSame(said, [[{ what: 'message', name: 'Rain', text: 'Hello' }]])
  t.end()
})

t.test('a storm of messages is one sentence every four seconds', (t) => {
  const { wait, announcer, said } = open(t)
  for (let tenths = 0; tenths < 100; tenths++) {
    announcer.hear([message(String(tenths))])
    wait(100)
  }
  t.equal(said.length, 3, 'ten seconds hold three')
  t.ok(said.every((sayings) => sayings.length === 1))
  t.match(said[1], [{ what: 'messages' }])
  t.end()
})

t.test('polls and questions come before chatter, and no more than three things are said at once', (t) => {
  const { wait, announcer, said } = open(t)
  announcer.hear([
    message('One'),
    message('Two'),
    event('handRaised', {}),
    event('questionTaken', { questionSeq: 7 }),
    event('messagePinned', { pinned: { messageSeq: 1, text: 'Bring a lamp' } }),
  ])
  announcer.see([poll('Which lamp?')])
  wait(500)
  t.strictSame(said, [
    [
      { what: 'pollOpened', text: 'Which lamp?' },
      { what: 'handRaised', name: 'Rain' },
      { what: 'messages', count: 2 },
    ],
  ])
  t.end()
})

t.test('a poll is read out when the picture has come to it, not before', (t) => {
  const { wait, announcer, said } = open(t)
  const opened = poll('Which lamp?')
  announcer.hear([opened])
  wait(5000)
  t.strictSame(said, [])
  announcer.see([opened])
  wait(500)
  t.strictSame(said, [[{ what: 'pollOpened', text: 'Which lamp?' }]])
  t.end()
})

t.test('nobody is told what they did themselves, nor words without an end', (t) => {
  const { wait, announcer, said } = open(t)
  announcer.hear([message('Mine', me), message('long '.repeat(100))])
  wait(500)
  t.equal(said.length, 1)
  const [saying] = said[0]!
  t.ok(saying?.what === 'message' && saying.text.length < 170)
  t.end()
})

t.test('nothing is said after the room was left', (t) => {
  const { wait, announcer, said } = open(t)
  announcer.hear([message('Hello')])
  announcer.close()
  wait(5000)
  t.strictSame(said, [])
  t.end()
})

t.test('who is spoken to is told so, whatever else is said', (t) => {
  const { wait, announcer, said } = open(t)
  const toMe = event('messageSent', { text: '@Me look', mentions: [{ peerId: 'me', name: 'Me', at: 0 }] as never })
  announcer.hear([message('One'), toMe, message('Two')])
  wait(500)
  t.strictSame(said, [
    [
      { what: 'called', name: 'Rain', text: '@Me look' },
      { what: 'messages', count: 2 },
    ],
  ])
  t.end()
})

t.test('a sign-in is read out, and of a quiz that is over what was right', (t) => {
  const { wait, announcer, said } = open(t)
  announcer.see([event('signInOpened', { seconds: 60 }), event('pollClosed', { pollSeq: 9, right: [1] })])
  wait(500)
  t.strictSame(said, [[{ what: 'signIn' }, { what: 'pollRight', text: 'option 1' }]])
  t.end()
})

import t from 'tap'
import type { Person, RoomEvent } from '../../signaling/protocol/events.ts'
import { ChatLog } from '../../web/src/classroom/chat-log.ts'
import { type Request, RequestFailed } from '../../web/src/classroom/signaling-client.ts'

const me: Person = { peerId: 'me', displayName: 'Me', role: 'student' }
const other: Person = { peerId: 'other', displayName: 'Other', role: 'student' }

const said = (seq: number, text: string, by: Person = other): RoomEvent => ({
  seq,
  at: seq,
  mediaMs: null,
  by,
  type: 'messageSent',
  data: { text },
})

const deleted = (seq: number, messageSeq: number): RoomEvent => ({
  seq,
  at: seq,
  mediaMs: null,
  by: other,
  type: 'messageDeleted',
  data: { messageSeq },
})

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A chat whose requests wait until the test answers them. */
function open(recent: RoomEvent[] = []) {
  const asked: { method: string; data: unknown; resolve: (result: unknown) => void; reject: (error: Error) => void }[] =
    []
  const ask = (method: string, data: unknown) =>
    new Promise((resolve, reject) => asked.push({ method, data, resolve, reject }))
  const request = ask as Request
  const chat = new ChatLog(request)
  chat.enter('me', recent, null)
  const texts = () => chat.view.get().messages.map(({ text }) => text)
  const own = () => chat.view.get().own.map(({ text, failed }) => ({ text, failed }))
  return { chat, asked, texts, own }
}

t.test('one’s own message is there at once, and confirmed once', async (t) => {
  const { chat, asked, texts, own } = open()
  chat.send('hello')
  t.same(own(), [{ text: 'hello', failed: null }])
  chat.apply([said(1, 'hello', me)])
  t.same([texts(), own()], [['hello'], []])
  asked[0]!.resolve({ seq: 1 })
  await turn()
  t.same([texts(), own()], [['hello'], []])
})

t.test('the same words said twice are confirmed one by one', async (t) => {
  const { chat, own } = open()
  chat.send('yes')
  chat.send('yes')
  chat.apply([said(1, 'yes', me)])
  t.same(own(), [{ text: 'yes', failed: null }])
})

t.test('a refused message says why, and can be sent again', async (t) => {
  const { chat, asked, own } = open()
  chat.send('hello')
  asked[0]!.reject(new RequestFailed('too_many_requests'))
  await turn()
  t.same(own(), [{ text: 'hello', failed: 'too_many_requests' }])
  chat.retry(chat.view.get().own[0]!.key)
  t.equal(asked.length, 2)
  t.same(own(), [{ text: 'hello', failed: null }])
})

t.test('a message that was told and then could not be kept is there to be sent again', async (t) => {
  const { chat, asked, texts, own } = open()
  chat.send('hello')
  chat.apply([said(1, 'hello', me)])
  asked[0]!.reject(new RequestFailed('unavailable'))
  await turn()
  chat.enter('me', [said(1, 'what the log holds')], null)
  t.same([texts(), own()], [['what the log holds'], [{ text: 'hello', failed: 'unavailable' }]])
  chat.retry(chat.view.get().own[0]!.key)
  chat.apply([said(2, 'hello', me)])
  asked[1]!.resolve({ seq: 2 })
  await turn()
  t.same([texts(), own()], [['what the log holds', 'hello'], []])
})

t.test('a message lost with its socket is sent again on return, unless the room has it', async (t) => {
  const { chat, asked, texts, own } = open()
  chat.send('kept')
  chat.send('lost')
  for (const { reject } of asked) reject(new RequestFailed('disconnected'))
  await turn()
  chat.enter('me', [said(1, 'kept', me)], null)
  t.same([texts(), own()], [['kept'], [{ text: 'lost', failed: null }]])
  t.match(asked[2], { method: 'sendMessage', data: { text: 'lost' } })
  t.equal(asked.length, 3)
})

t.test('an event that comes twice is shown once', async (t) => {
  const { chat, texts } = open([said(1, 'one')])
  chat.apply([said(1, 'one'), said(2, 'two')])
  t.same(texts(), ['one', 'two'])
})

t.test('a deleted message is gone, also when it was deleted while one was away', async (t) => {
  const { chat, texts } = open([said(1, 'one'), said(2, 'two'), said(3, 'three')])
  chat.apply([deleted(4, 2)])
  t.same(texts(), ['one', 'three'])
  chat.enter('me', [said(3, 'three'), said(5, 'five')], null)
  t.same(texts(), ['one', 'three', 'five'])
})

t.test('older messages are put before the first, and what is read keeps its place', async (t) => {
  const recent = Array.from({ length: 50 }, (_, place) => said(place + 101, `${place}`))
  const { chat, asked, texts } = open(recent)
  const loading = chat.loadOlder()
  t.match(asked[0], { method: 'listEvents', data: { beforeSeq: 101 } })
  asked[0]!.resolve({ events: [said(99, 'a'), said(100, 'b')] })
  await loading
  t.same(texts().slice(0, 3), ['a', 'b', '0'])
  t.match(chat.view.get(), { hasOlder: true, loadingOlder: false })
  const ending = chat.loadOlder()
  t.match(asked[1], { method: 'listEvents', data: { beforeSeq: 99 } })
  asked[1]!.resolve({ events: [] })
  await ending
  t.match(chat.view.get(), { hasOlder: false, loadingOlder: false })
})

t.test('who reads what staff say alone is given pages until there is something to read', async (t) => {
  const { chat, asked } = open([said(300, 'newest')])
  const loading = chat.loadOlder(({ by }) => by?.role === 'teacher')
  asked[0]!.resolve({ events: [said(200, 'student')] })
  await turn()
  t.match(asked[1], { method: 'listEvents', data: { beforeSeq: 200 } })
  asked[1]!.resolve({ events: [said(99, 'teacher', { ...other, role: 'teacher' }), said(100, 'student')] })
  await loading
  t.equal(asked.length, 2)
  t.equal(chat.view.get().messages.length, 4)
})

t.test('a newcomer to a room where a message was deleted can still read what is older', async (t) => {
  const { chat } = open(Array.from({ length: 49 }, (_, place) => said(place + 101, `${place}`)))
  t.equal(chat.view.get().hasOlder, true)
  t.equal(open().chat.view.get().hasOlder, false)
})

t.test('the same words said before do not stand for a message lost with its socket', async (t) => {
  const { chat, asked, texts, own } = open([said(1, 'yes', me)])
  chat.send('yes')
  asked[0]!.reject(new RequestFailed('disconnected'))
  await turn()
  chat.enter('me', [said(1, 'yes', me)], null)
  t.same([texts(), own()], [['yes'], [{ text: 'yes', failed: null }]])
  t.match(asked[1], { method: 'sendMessage', data: { text: 'yes' } })
})

t.test('a pinned message stands above the chat until it is taken down, or deleted', async (t) => {
  const { chat } = open([said(1, 'one')])
  const pinned = (seq: number, message: number | null): RoomEvent => ({
    ...deleted(seq, 0),
    type: 'messagePinned',
    data: { pinned: message === null ? null : { messageSeq: message, text: 'one' } },
  })
  chat.apply([pinned(2, 1)])
  t.match(chat.view.get().pinned, { messageSeq: 1, text: 'one' })
  chat.apply([pinned(3, null)])
  t.equal(chat.view.get().pinned, null)
  chat.apply([pinned(4, 1), deleted(5, 1)])
  t.equal(chat.view.get().pinned, null)
})

t.test('an answer says which message it answers', async (t) => {
  const { chat, asked } = open([said(1, 'one')])
  chat.send('two', { replyTo: 1 })
  t.match(asked[0], { method: 'sendMessage', data: { text: 'two', replyTo: 1 } })
  chat.apply([{ ...said(2, 'two', me), data: { text: 'two', replyTo: 1 } } as RoomEvent])
  t.match(chat.view.get().messages[1], { text: 'two', replyTo: 1 })
})

t.test('one message in the room confirms one of two with the same words', async (t) => {
  const { chat, asked, own } = open()
  chat.send('yes')
  chat.send('yes')
  for (const { reject } of asked) reject(new RequestFailed('disconnected'))
  await turn()
  chat.enter('me', [said(1, 'yes', me)], null)
  t.same(own(), [{ text: 'yes', failed: null }])
})

t.test('what a fast room left out is counted, and its latest put in their places when asked for', async (t) => {
  const { chat, asked, texts } = open([said(5, 'five')])
  chat.apply([said(9, 'nine')])
  chat.noticeLeftOut(3)
  chat.noticeLeftOut(2)
  t.equal(chat.view.get().leftOut, 5)
  const showing = chat.showLeftOut()
  asked
    .at(-1)!
    .resolve({ events: [said(4, 'four'), said(5, 'five'), said(7, 'seven'), said(9, 'nine'), said(11, 'eleven')] })
  await showing
  t.strictSame(texts(), ['five', 'seven', 'nine', 'eleven'])
  t.equal(chat.view.get().leftOut, 0)
  chat.noticeLeftOut(1)
  const refused = chat.showLeftOut()
  asked.at(-1)!.reject(new RequestFailed('too_many_requests'))
  await refused
  t.equal(chat.view.get().leftOut, 1, 'it can be asked for again')
})

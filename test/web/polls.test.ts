import t from 'tap'
import { BROADCAST_DELAY_MS } from '../../signaling/protocol/constants.ts'
import type { EventData } from '../../signaling/protocol/events.ts'
import { emptyRoom, snapshotFor } from '../../signaling/protocol/snapshot.ts'
import { ownEnd, Polls } from '../../web/src/classroom/polls.ts'
import { type Request, RequestFailed } from '../../web/src/classroom/signaling-client.ts'
import { personOf, writeClass } from '../support/logged-class.ts'

const poll = { question: 'Where?', options: ['left', 'right'], multiple: false }
const teacher = personOf('lin', 'teacher')

function open(request: Request = (async () => ({})) as never) {
  const polls = new Polls(request)
  polls.enter(snapshotFor(personOf('me'), emptyRoom(), { online: 1, hands: 0, broadcastViewers: 0 }))
  const { events, log } = writeClass()
  const ask = (data: Partial<EventData<'pollOpened'>['poll']> = {}) => {
    const seq = log('pollOpened', teacher, { poll: { ...poll, ...data } })
    polls.apply(events.slice(-1), () => 4000)
    return seq
  }
  return { polls, events, log, ask, view: () => polls.view.get() }
}

t.test('a new poll forgets the old choice; a closed one keeps its result', async (t) => {
  const { polls, events, log, ask, view } = open()
  const first = ask()
  await polls.vote(first, [1])
  const second = ask()
  t.match(view(), { poll: { pollSeq: second, open: true, votes: [0, 0] }, choices: null })
  polls.counted({ pollSeq: second, votes: [2, 1], voters: 3 })
  log('pollClosed', teacher, { pollSeq: first })
  polls.apply(events.slice(-1))
  t.equal(view().poll?.open, true)
  log('pollClosed', teacher, { pollSeq: second, right: [1] })
  polls.apply(events.slice(-1))
  t.match(view().poll, { open: false, votes: [2, 1], right: [1] })
})

t.test(
  'an answer shows at once, says how far behind the picture was, and is taken back when it is refused',
  async (t) => {
    const asked: object[] = []
    const { polls, ask, view } = open((async (_: string, data: object) => {
      asked.push(data)
      throw new RequestFailed('time_up')
    }) as never)
    const pollSeq = ask({ seconds: 10 })
    const voting = polls.vote(pollSeq, [0])
    t.strictSame(view().choices, [0])
    await t.rejects(voting, { code: 'time_up' })
    t.equal(view().choices, null)
    t.strictSame(asked, [{ pollSeq, choices: [0], behindMs: 4000 }])
  },
)

t.test('one’s own time ends later by what the picture was behind, within what the room believes', async (t) => {
  const { ask, view } = open()
  ask({ seconds: 10 })
  const { poll: shown, behindMs } = view()
  t.equal(ownEnd(shown!.endsAt!, behindMs), shown!.openedAt + 14_000)
  t.equal(ownEnd(1000, 3_600_000), 1000 + BROADCAST_DELAY_MS)
})

t.test('a poll that the snapshot had is not opened anew by its event', async (t) => {
  const { polls, events, ask, view } = open()
  await polls.vote(ask(), [1])
  polls.apply(events)
  t.strictSame(view().choices, [1])
})

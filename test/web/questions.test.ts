import t from 'tap'
import type { Question } from '../../signaling/protocol/question-list.ts'
import { emptyRoom, snapshotFor } from '../../signaling/protocol/snapshot.ts'
import { inOrder, Questions } from '../../web/src/classroom/questions.ts'
import { type Request, RequestFailed } from '../../web/src/classroom/signaling-client.ts'
import { personOf, writeClass } from '../support/logged-class.ts'

const me = personOf('me')
const asked = { anonymous: false, messageSeq: null, promotedBy: null }

function open(request: Request = (async () => ({})) as never) {
  const questions = new Questions(request)
  questions.enter(snapshotFor(me, emptyRoom(), { online: 1, hands: 0, broadcastViewers: 0 }))
  const { events, log } = writeClass()
  const seq = log('questionAsked', personOf('other'), { ...asked, text: 'Why?' })
  questions.apply(events)
  return { questions, events, seq, view: () => questions.view.get() }
}

t.test('an event that comes twice changes nothing', async (t) => {
  const { questions, events, view } = open()
  questions.apply(events)
  t.equal(view().questions.length, 1)
})

t.test('one’s own vote shows at once, and is taken back when it is refused', async (t) => {
  const answer = Promise.withResolvers<never>()
  const { questions, seq, view } = open((() => answer.promise) as Request)
  const voting = questions.vote(seq, true)
  t.match(view(), { questions: [{ votes: 1 }], upvoted: [seq] })
  answer.reject(new RequestFailed('conflict'))
  await t.rejects(voting, { code: 'conflict' })
  t.match(view(), { questions: [{ votes: 0 }], upvoted: [] })
})

t.test('counted votes are shown', async (t) => {
  const { questions, seq, view } = open()
  questions.counted([{ questionSeq: seq, votes: 7 }])
  t.match(view().questions, [{ votes: 7 }])
})

t.test('the one being answered stands first, then the most wanted, then those who wait longest', async (t) => {
  const of = (seq: number, votes: number, status: Question['status'] = 'open') =>
    ({ seq, votes, status }) as Partial<Question> as Question
  const all = [of(1, 0), of(2, 5), of(3, 5), of(4, 1, 'taken')]
  const seqs = (list: Question[]) => list.map(({ seq }) => seq)
  t.same(seqs(inOrder(all, 'votes')), [4, 2, 3, 1])
  t.same(seqs(inOrder(all, 'new')), [4, 3, 2, 1])
})

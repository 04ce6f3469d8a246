import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { closing } from '../../signaling/polling.ts'
import { layouts } from '../../signaling/protocol/constants.ts'
import type { EventData, EventType, Person, RoomEvent } from '../../signaling/protocol/events.ts'
import {
  applyEvent,
  emptyRoom,
  type RoomSnapshot,
  type RoomState,
  snapshotFor,
} from '../../signaling/protocol/snapshot.ts'
import { toldTo } from '../../signaling/protocol/visibility.ts'
import { ChatLog } from '../../web/src/classroom/chat-log.ts'
import { Notices } from '../../web/src/classroom/notices.ts'
import { Order } from '../../web/src/classroom/order.ts'
import { Polls } from '../../web/src/classroom/polls.ts'
import { Questions } from '../../web/src/classroom/questions.ts'
import { Reactions } from '../../web/src/classroom/reactions.ts'
import { applyToRoom, roomViewOf } from '../../web/src/classroom/room-state.ts'
import type { Request } from '../../web/src/classroom/signaling-client.ts'
import { StageLayout } from '../../web/src/classroom/stage-layout.ts'
import { createMemoryRoomLog } from '../support/memory-room-log.ts'

const teacher: Person = { peerId: 'lin', displayName: 'Lin', role: 'teacher' }
const assistant: Person = { peerId: 'bo', displayName: 'Bo', role: 'assistant' }
const students: Person[] = ['ana', 'cui', 'dan'].map((peerId) => ({ peerId, displayName: peerId, role: 'student' }))
const everyone = [teacher, assistant, ...students]
const alone = { online: 1, hands: 0, broadcastViewers: 0 }
const noRequest = (async () => ({})) as never as Request

/** One thing that may happen next in this room, chosen by these numbers; null where nothing of the kind may. */
type Step = (state: RoomState, who: Person, pick: (count: number) => number) => [EventType, object, Person?] | null

const any = <T>(things: readonly T[], pick: (count: number) => number): T | undefined => things[pick(things.length)]

const steps: Step[] = [
  (state) => (state.status === 'live' ? ['classPaused', {}] : ['classStarted', {}]),
  (_, who, pick) => ['messageSent', { text: `message ${pick(1000)}` }, who],
  (state, who, pick) => {
    const message = any(state.messages, pick)
    return message ? ['messageDeleted', { messageSeq: message.seq }, who] : null
  },
  (state, _, pick) => {
    const message = pick(3) === 0 ? null : any(state.messages, pick)
    if (!message) return ['messagePinned', { pinned: null }, teacher]
    return ['messagePinned', { pinned: { messageSeq: message.seq, text: message.data.text } }, teacher]
  },
  (state, who) => (who.role === 'student' && !state.hands.has(who.peerId) ? ['handRaised', {}, who] : null),
  (state, who, pick) => {
    const hand = any([...state.hands.keys()], pick)
    return hand ? ['handLowered', { peerId: hand }, who] : null
  },
  () => ['handsLowered', {}, teacher],
  (_, __, pick) => ['layoutChosen', { layout: any(layouts, pick)! }, teacher],
  (state, _, pick) => {
    const peer = any(students, pick)!
    return state.floor.has(peer.peerId)
      ? ['floorTaken', { peerId: peer.peerId }, teacher]
      : ['floorGiven', { peer }, teacher]
  },
  (state, _, pick) =>
    state.poll?.open
      ? ['pollClosed', closing(state.poll), teacher]
      : ['pollOpened', { poll: { question: `q ${pick(9)}`, options: ['a', 'b'], multiple: false } }, teacher],
  (state, _, pick) =>
    state.poll?.open
      ? null
      : [
          'pollOpened',
          {
            poll: {
              question: `quiz ${pick(9)}`,
              options: ['a', 'b'],
              multiple: false,
              kind: 'quiz',
              results: any(['live', 'closed'] as const, pick)!,
              changeable: pick(2) === 0,
              seconds: pick(2) === 0 ? null : 5 + pick(60),
            },
            right: [pick(2)],
            ...(pick(2) === 0 && { preparedId: `prepared-${pick(3)}` }),
          },
          teacher,
        ],
  (state, who, pick) =>
    state.poll?.open
      ? ['pollVoted', { pollSeq: state.poll.pollSeq, choices: [pick(2)], tookMs: pick(9000) }, who]
      : null,
  (state) => (state.poll?.open ? ['pollEnding', { pollSeq: state.poll.pollSeq }, teacher] : null),
  (state, _, pick) =>
    state.signIn?.open
      ? ['signInClosed', { signInSeq: state.signIn.signInSeq }, teacher]
      : ['signInOpened', { seconds: 10 + pick(90) }, teacher],
  (state, who) =>
    state.signIn && who.role === 'student' ? ['signedIn', { signInSeq: state.signIn.signInSeq }, who] : null,
  (_, who, pick) => [
    'questionAsked',
    { text: `question ${pick(1000)}`, anonymous: pick(2) === 0, messageSeq: null, promotedBy: null },
    who,
  ],
  (state, _, pick) => {
    const message = any(state.messages, pick)
    if (!message?.by) return null
    return [
      'questionAsked',
      { text: message.data.text, anonymous: false, messageSeq: message.seq, promotedBy: 'lin' },
      message.by,
    ]
  },
  (state, who, pick) => {
    const question = any(state.questions, pick)
    return question ? ['questionVoted', { questionSeq: question.seq, up: pick(2) === 0 }, who] : null
  },
  (state, _, pick) => {
    const question = any(state.questions, pick)
    const type = any(['questionTaken', 'questionReopened', 'questionDismissed'] as const, pick)!
    return question ? [type, { questionSeq: question.seq }, teacher] : null
  },
  (state, _, pick) => {
    const question = any(state.questions, pick)
    return question
      ? ['questionAnswered', { questionSeq: question.seq, text: pick(2) ? 'because' : null }, teacher]
      : null
  },
  (state, _, pick) => {
    const [one, other] = [any(state.questions, pick), any(state.questions, pick)]
    return one && other && one !== other
      ? ['questionMerged', { questionSeq: one.seq, intoSeq: other.seq }, teacher]
      : null
  },
  (state, _, pick) => {
    const settings = { ...state.settings, slowModeSeconds: pick(60), everyoneMuted: pick(2) === 0 }
    return ['settingsChanged', { settings }, assistant]
  },
  (state, _, pick) => {
    const { peerId } = any(students, pick)!
    if (state.muted.has(peerId)) return ['peerUnmuted', { peerId }]
    return ['peerMuted', { peerId, ...(pick(2) === 0 && { until: 5_000_000 + pick(99) }) }, assistant]
  },
  (_, who, pick) =>
    who.role === 'student'
      ? ['textHeld', { text: `held ${pick(1000)}`, as: 'message', anonymous: false, reason: 'review' }, who]
      : null,
  (state, _, pick) => {
    const held = any([...state.held.values()], pick)
    return held
      ? ['heldDecided', { heldSeq: held.seq, accepted: pick(2) === 0, peerId: held.by!.peerId }, assistant]
      : null
  },
  (state, who, pick) => {
    const message = any(state.messages, pick)
    return message ? ['messageReported', { messageSeq: message.seq }, who] : null
  },
  (state, _, pick) => {
    const messageSeq = any([...state.reports.keys()], pick)
    return messageSeq === undefined ? null : ['reportDismissed', { messageSeq }, assistant]
  },
  (_, __, pick) => ['announced', { text: pick(3) === 0 ? null : `notice ${pick(9)}` }, teacher],
  (_, __, pick) => {
    const courseId = `00000000-0000-4000-8000-00000000000${pick(9)}`
    return ['offerShown', { offer: pick(3) === 0 ? null : { courseId } }, assistant]
  },
  (_, __, pick) => ['reactionsGiven', { counts: { like: pick(9), applause: pick(99), heart: 0 } }],
  (_, __, pick) => ['wordsChanged', { words: [`word ${pick(9)}`] }, teacher],
]

/** Plays a class of as many steps as there are choices. */
function play(choices: number[][]): { events: RoomEvent[]; state: RoomState } {
  const state = emptyRoom()
  const events: RoomEvent[] = []
  const happen = (type: EventType, data: object, by: Person | null) => {
    const event = { seq: state.seq + 1, at: 1000 * (state.seq + 1), mediaMs: null, by, type, data } as RoomEvent
    applyEvent(state, event)
    events.push(event)
  }
  for (const person of everyone) happen('peerJoined', {}, person)
  for (const numbers of choices) {
    let used = 0
    const pick = (count: number) => (count === 0 ? 0 : numbers[used++ % numbers.length]! % count)
    const step = steps[pick(steps.length)]!
    const who = any(everyone, pick)!
    const happened = step(state, who, pick)
    if (happened) happen(happened[0], happened[1] as EventData<EventType>, happened[2] ?? null)
  }
  return { events, state }
}

/** What a browser shows that was given this snapshot and was told of these events since. */
function watch(viewer: Person, snapshot: RoomSnapshot, events: RoomEvent[]) {
  const told = events.flatMap((event) => toldTo(viewer, event) ?? [])
  const [chat, questions, order] = [new ChatLog(noRequest), new Questions(noRequest), new Order(noRequest)]
  const notices = new Notices(noRequest)
  const layout = new StageLayout(noRequest)
  layout.enter(snapshot)
  layout.apply(told)
  const polls = new Polls(noRequest)
  const reactions = new Reactions(noRequest, () => 1)
  reactions.enter(snapshot)
  reactions.apply(told)
  polls.enter(snapshot)
  polls.apply(told)
  chat.enter(viewer.peerId, snapshot.messages, snapshot.pinned)
  questions.enter(snapshot)
  order.enter(snapshot)
  notices.enter(snapshot)
  chat.apply(told)
  questions.apply(told)
  order.apply(told)
  notices.apply(told)
  const { raisedHands: _, online: __, ...room } = told.reduce(applyToRoom, roomViewOf(viewer, snapshot))
  const { poll, signIn, asked } = polls.view.get()
  return {
    room,
    // Votes, and who has signed in, are told once a second beside the events.
    poll: poll && { ...poll, votes: null, voters: null },
    signIn: signIn && { ...signIn, count: 0, signed: false },
    asked,
    questions: questions.view.get().questions.map((question) => ({ ...question, votes: 0 })),
    order: order.view.get(),
    reactions: reactions.totals.get(),
    messages: chat.view.get().messages,
    pinned: chat.view.get().pinned,
    notices: notices.view.get(),
    layout: layout.view.get(),
  }
}

const classes = fc.array(fc.array(fc.nat(), { minLength: 4, maxLength: 6 }), {
  minLength: 1,
  maxLength: 80,
  size: 'max',
})

t.test('whoever comes late sees what those see who were there, at whatever moment they come', async (t) => {
  fc.assert(
    fc.property(classes, fc.nat(), (choices, moment) => {
      const { events, state } = play(choices)
      const cut = moment % (events.length + 1)
      const early = emptyRoom()
      for (const event of events.slice(0, cut)) applyEvent(early, event)
      for (const viewer of everyone) {
        const there = watch(viewer, snapshotFor(viewer, early, alone), events.slice(cut))
        const late = watch(viewer, snapshotFor(viewer, state, alone), [])
        assert.deepStrictEqual(there, late)
      }
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

t.test('a room that is built again from its log is the room that it was', async (t) => {
  fc.assert(
    fc.property(classes, (choices) => {
      const { events, state } = play(choices)
      const again = emptyRoom()
      for (const event of JSON.parse(JSON.stringify(events)) as RoomEvent[]) applyEvent(again, event)
      return everyone.every(
        (viewer) =>
          JSON.stringify(snapshotFor(viewer, again, alone)) === JSON.stringify(snapshotFor(viewer, state, alone)),
      )
    }),
    { numRuns: 500 },
  )
  t.pass()
})

t.test(
  'nothing that was deleted or dismissed is left in any snapshot or in the history, and all of it is in the log',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(classes, async (choices) => {
        const { events, state } = play(choices)
        const log = createMemoryRoomLog()
        await log.append('room', events)
        const gone = events.flatMap((event) => {
          if (event.type === 'messageDeleted') return event.data.messageSeq
          return event.type === 'questionDismissed' ? event.data.questionSeq : []
        })
        const history = await log.messagesBefore('room', state.seq + 1, 1000)
        const kept = await log.eventsAt('room', gone)
        const shown = everyone.flatMap((viewer) => {
          const { messages, questions } = snapshotFor(viewer, state, alone)
          return [...messages, ...questions].map((each) => [each.seq, 'messageSeq' in each ? each.messageSeq : null])
        })
        return (
          kept.length === new Set(gone).size &&
          !history.some(({ seq }) => gone.includes(seq)) &&
          !shown.flat().some((seq) => seq !== null && gone.includes(seq))
        )
      }),
      { numRuns: 500 },
    )
    t.pass()
  },
)

t.test(
  'no student is told what is right before a quiz is closed, nor of the others’ votes where they are hidden',
  async (t) => {
    fc.assert(
      fc.property(classes, (choices) => {
        const { events } = play(choices)
        const state = emptyRoom()
        for (const event of events) {
          applyEvent(state, event)
          const { poll } = state
          for (const viewer of students) {
            const told = toldTo(viewer, event)
            const seen = snapshotFor(viewer, state, alone)
            if (told?.type === 'pollOpened') assert.deepStrictEqual(Object.keys(told.data), ['poll'])
            if (told?.type === 'pollClosed') assert.equal(poll?.open, false)
            if (poll?.open) assert.equal(seen.poll?.right, null)
            if (poll?.open && poll.results === 'closed') assert.equal(seen.poll?.votes, null)
            assert.deepStrictEqual(seen.asked, [])
          }
        }
      }),
      { numRuns: 500 },
    )
    t.pass()
  },
)

t.test('no student is ever told the name behind a hidden one, or what waits for staff', async (t) => {
  fc.assert(
    fc.property(classes, (choices) => {
      const { events, state } = play(choices)
      return students.every((viewer) => {
        const told = events.flatMap((event) => toldTo(viewer, event) ?? [])
        const { questions, held, reported, words } = snapshotFor(viewer, state, alone)
        const others = (by: Person | null) => by !== null && by.peerId !== viewer.peerId
        return (
          !told.some((event) => event.type === 'questionAsked' && event.data.anonymous && others(event.by)) &&
          !told.some((event) => event.type === 'textHeld' && others(event.by)) &&
          !told.some((event) => event.type === 'messageReported' && others(event.by)) &&
          !questions.some(({ anonymous, by }) => anonymous && others(by)) &&
          !held.some(({ by }) => others(by)) &&
          reported.length + words.length === 0
        )
      })
    }),
    { numRuns: 500 },
  )
  t.pass()
})

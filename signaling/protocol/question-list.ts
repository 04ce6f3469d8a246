/** The questions of a room as its events leave them: the same in the room, in every browser and in an export. */
import type { Person, RoomEvent } from './events.ts'

export type Question = {
  seq: number
  at: number
  /** Null: who asked stays unknown. */
  by: Person | null
  anonymous: boolean
  messageSeq: number | null
  text: string
  status: 'open' | 'taken' | 'answered'
  answer: { text: string; by: Person | null } | null
  votes: number
}

/** Moves the list on by one event; votes are counted elsewhere. An event that changes nothing gives the same list back. */
export function applyToQuestions(questions: readonly Question[], event: RoomEvent): readonly Question[] {
  switch (event.type) {
    case 'questionAsked':
      return [...questions, asked(event)]
    case 'questionTaken':
      return take(questions, event.data.questionSeq)
    case 'questionAnswered':
      return change(questions, event.data.questionSeq, ({ answer }) => ({
        status: 'answered',
        answer: event.data.text === null ? answer : { text: event.data.text, by: event.by },
      }))
    case 'questionReopened':
      return change(questions, event.data.questionSeq, () => ({ status: 'open' }))
    case 'questionDismissed':
    case 'questionMerged':
      return questions.filter(({ seq }) => seq !== event.data.questionSeq)
    case 'messageDeleted':
      return without(questions, event.data.messageSeq)
    case 'classEnded':
      return take(questions, null)
    default:
      return questions
  }
}

const asked = ({ seq, at, by, data }: Extract<RoomEvent, { type: 'questionAsked' }>): Question => ({
  seq,
  at,
  by,
  anonymous: data.anonymous,
  messageSeq: data.messageSeq,
  text: data.text,
  status: 'open',
  answer: null,
  votes: 0,
})

/** One is answered aloud at a time: whoever goes on to another has answered the one before. */
const take = (questions: readonly Question[], taken: number | null): readonly Question[] =>
  questions.map((question) => {
    if (question.seq === taken) return { ...question, status: 'taken' }
    return question.status === 'taken' ? { ...question, status: 'answered' } : question
  })

/** What was made of a message goes with it. */
const without = (questions: readonly Question[], messageSeq: number): readonly Question[] =>
  questions.some((question) => question.messageSeq === messageSeq)
    ? questions.filter((question) => question.messageSeq !== messageSeq)
    : questions

const change = (
  questions: readonly Question[],
  questionSeq: number,
  to: (question: Question) => Partial<Question>,
): readonly Question[] =>
  questions.map((question) => (question.seq === questionSeq ? { ...question, ...to(question) } : question))

/** The questions as one person sees them, and what they may do with them. */
import type { RoomEvent } from '../../../signaling/protocol/events.ts'
import { applyToQuestions, type Question } from '../../../signaling/protocol/question-list.ts'
import type { RoomSnapshot } from '../../../signaling/protocol/snapshot.ts'
import { Store } from '../store.ts'
import type { Request } from './signaling-client.ts'

export type QuestionsView = { questions: readonly Question[]; upvoted: readonly number[] }
export type Order = 'votes' | 'new'

export class Questions {
  readonly view = new Store<QuestionsView>({ questions: [], upvoted: [] })
  readonly #request: Request

  constructor(request: Request) {
    this.#request = request
  }

  enter({ questions, upvoted }: RoomSnapshot): void {
    this.view.set({ questions: questions as Question[], upvoted })
  }

  apply(events: readonly RoomEvent[]): void {
    const { questions } = this.view.get()
    const known = new Set(questions.map(({ seq }) => seq))
    const news = events.filter(({ seq }) => !known.has(seq))
    this.view.patch({ questions: news.reduce(applyToQuestions, questions) })
  }

  counted(votes: readonly { questionSeq: number; votes: number }[]): void {
    const bySeq = new Map(votes.map((each) => [each.questionSeq, each.votes]))
    const { questions } = this.view.get()
    this.view.patch({
      questions: questions.map((question) => ({ ...question, votes: bySeq.get(question.seq) ?? question.votes })),
    })
  }

  /** True where the question waits for staff first. */
  async ask(text: string, anonymous: boolean): Promise<boolean> {
    return (await this.#request('askQuestion', { text, anonymous })).held
  }

  /** Shown at once; taken back where the room refuses it. */
  async vote(questionSeq: number, up: boolean): Promise<void> {
    this.#showVote(questionSeq, up)
    try {
      await this.#request('voteQuestion', { questionSeq, up })
    } catch (error) {
      this.#showVote(questionSeq, !up)
      throw error
    }
  }

  async dismiss(questionSeq: number): Promise<void> {
    await this.#request('dismissQuestion', { questionSeq })
  }

  async promote(messageSeq: number): Promise<void> {
    await this.#request('promoteMessage', { messageSeq })
  }

  async take(questionSeq: number): Promise<void> {
    await this.#request('takeQuestion', { questionSeq })
  }

  async answer(questionSeq: number, text: string | null): Promise<void> {
    await this.#request('answerQuestion', { questionSeq, text })
  }

  async reopen(questionSeq: number): Promise<void> {
    await this.#request('reopenQuestion', { questionSeq })
  }

  async merge(questionSeq: number, intoSeq: number): Promise<void> {
    await this.#request('mergeQuestion', { questionSeq, intoSeq })
  }

  #showVote(questionSeq: number, up: boolean) {
    const { questions, upvoted } = this.view.get()
    this.view.set({
      questions: questions.map((question) =>
        question.seq === questionSeq ? { ...question, votes: question.votes + (up ? 1 : -1) } : question,
      ),
      upvoted: up ? [...upvoted, questionSeq] : upvoted.filter((seq) => seq !== questionSeq),
    })
  }
}

/** The one that is answered now stands first; the others by votes, or the newest first. */
export function inOrder(questions: readonly Question[], order: Order): Question[] {
  const weight = ({ status, votes, seq }: Question) =>
    [status === 'taken' ? 1 : 0, order === 'votes' ? votes : 0, order === 'votes' ? -seq : seq] as const
  return [...questions].sort((one, other) => {
    const [a, b] = [weight(one), weight(other)]
    return b[0] - a[0] || b[1] - a[1] || b[2] - a[2]
  })
}

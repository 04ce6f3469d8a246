/** Which questions have another number of votes than was last told. */
import type { Question } from './protocol/question-list.ts'

export class VoteCounts {
  private told: readonly Question[] = []

  changes(questions: readonly Question[]): { questionSeq: number; votes: number }[] {
    if (questions === this.told) return []
    const before = new Map(this.told.map(({ seq, votes }) => [seq, votes]))
    this.told = questions
    return questions
      .filter(({ seq, votes }) => votes !== (before.get(seq) ?? 0))
      .map(({ seq, votes }) => ({ questionSeq: seq, votes }))
  }
}

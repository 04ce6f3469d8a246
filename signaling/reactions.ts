/** What the crowd gives, gathered: however many tap, the log gets one event per window. */
import { addReactions, noReactions, type ReactionCounts, sumOf } from './protocol/reactions.ts'

export class Reactions {
  private readonly tell: (counts: ReactionCounts) => void
  private gathered = noReactions

  constructor(tell: (counts: ReactionCounts) => void) {
    this.tell = tell
  }

  add(counts: ReactionCounts): void {
    this.gathered = addReactions(this.gathered, counts)
  }

  /** To be called at the end of each window, and before the class ends. */
  flush(): void {
    const counts = this.gathered
    if (sumOf(counts) === 0) return
    this.gathered = noReactions
    this.tell(counts)
  }
}

/** Who was right, and how fast: in the last quiz, and in all of the class. Counted once for each quiz that is closed. */
import type { Result } from './protocol/index.ts'
import { earnedIn, type Score, type Scores } from './protocol/poll-state.ts'
import type { Standings } from './protocol/polls.ts'
import type { RoomState } from './protocol/snapshot.ts'

const TOP = 10

type Place = { place: number } & Score
type Table = { top: Standings['top']; places: Map<string, Place> }

export class Ranking {
  private readonly state: RoomState
  private counted = ''
  private quiz: Table | null = null
  private total: Table = { top: [], places: new Map() }

  constructor(state: RoomState) {
    this.state = state
  }

  /** As this person is told it: the quiz only once it is closed. */
  tellTo(peerId: string): Result<'listRanking'> {
    this.count()
    const told = ({ top, places }: Table) => ({ top, own: places.get(peerId) ?? null, of: places.size })
    return { quiz: this.quiz && told(this.quiz), total: told(this.total) }
  }

  private count(): void {
    const { poll, scores, removed } = this.state
    const version = `${poll?.pollSeq} ${poll?.told} ${removed.size}`
    if (version === this.counted) return
    this.counted = version
    this.quiz = poll?.told ? this.tableOf(earnedIn(poll)) : null
    this.total = this.tableOf(scores)
  }

  /** The staff, and who was sent out, stand in no ranking. */
  private tableOf(scores: Scores): Table {
    const { people, removed } = this.state
    const listed = [...scores]
      .flatMap(([peerId, score]) => {
        const person = people.get(peerId)
        return person?.role === 'student' && !removed.has(peerId) ? [{ person, score }] : []
      })
      .sort((a, b) => compare(a.score, b.score))
    const places = new Map<string, Place>()
    let place = 0
    let before: Score | undefined
    for (const [index, { person, score }] of listed.entries()) {
      if (!before || compare(before, score) !== 0) place = index + 1
      before = score
      places.set(person.peerId, { place, ...score })
    }
    return { top: listed.slice(0, TOP).map(({ person }) => ({ person, ...places.get(person.peerId)! })), places }
  }
}

const compare = (a: Score, b: Score) => b.points - a.points || a.tookMs - b.tookMs

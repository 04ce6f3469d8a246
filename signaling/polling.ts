/** What is asked of everyone at once, polls and sign-ins: their end, and how the answers are counted for all to see. */
import { isOver, someAreBehind } from './in-time.ts'
import type { Peer } from './peer.ts'
import type { EventData, EventType, Person } from './protocol/events.ts'
import type { NotificationFrame, Result } from './protocol/index.ts'
import { pollFor, type RunPoll } from './protocol/poll-state.ts'
import type { RoomState } from './protocol/snapshot.ts'
import { Ranking } from './ranking.ts'

type View = {
  state: RoomState
  peers(): Iterable<Peer>
  now(): number
  append<T extends EventType>(type: T, by: Person | null, data: EventData<T>): unknown
  /** Sends one frame to the staff, and another to students. */
  tell(staff: NotificationFrame, students: NotificationFrame): void
}

export class Polling {
  private readonly view: View
  private readonly ranking: Ranking
  private lastResult = ''
  private lastCount = ''

  constructor(view: View) {
    this.view = view
    this.ranking = new Ranking(view.state)
  }

  /** Closes what nobody may answer any more. */
  closeWhatIsOver(): void {
    const { state, append, now } = this.view
    const { poll, signIn } = state
    if (poll?.open && isOver(this.view.peers(), poll, now())) append('pollClosed', null, closing(poll))
    if (signIn?.open && isOver([], signIn, now())) append('signInClosed', null, { signInSeq: signIn.signInSeq })
  }

  /** With the class everything ends, so that those who answered are told what was right. */
  closeAll(): void {
    const { poll, signIn } = this.view.state
    if (poll?.open) this.view.append('pollClosed', null, closing(poll))
    if (signIn?.open) this.view.append('signInClosed', null, { signInSeq: signIn.signInSeq })
  }

  /** Whether to close this poll now would take time from somebody whose picture is behind. */
  isAwaited({ openedAt, endsAt }: RunPoll): boolean {
    const over = endsAt !== null && endsAt <= this.view.now()
    return !over && someAreBehind(this.view.peers(), { openedAt, endsAt })
  }

  rankingFor(peerId: string): Result<'listRanking'> {
    return this.ranking.tellTo(peerId)
  }

  /** Tells what has changed since it was last told. */
  tell(): void {
    const { poll, signIn } = this.view.state
    if (poll) this.tellResult(poll)
    if (!signIn) return
    const { signInSeq, came } = signIn
    const count = `${signInSeq} ${came.size}`
    const frame = { topic: 'signInCount' as const, data: { signInSeq, count: came.size } }
    if (count !== this.lastCount) this.view.tell(frame, frame)
    this.lastCount = count
  }

  private tellResult(poll: RunPoll): void {
    const frameFor = (role: Person['role']) => {
      const { pollSeq, votes, voters } = pollFor({ role }, poll)
      return { topic: 'pollResult' as const, data: { pollSeq, votes, voters } }
    }
    const [staff, students] = [frameFor('assistant'), frameFor('student')]
    const result = JSON.stringify([staff, students])
    if (result !== this.lastResult) this.view.tell(staff, students)
    this.lastResult = result
  }
}

/** What everyone is told when a poll is closed. */
export const closing = ({ pollSeq, right }: RunPoll) => ({ pollSeq, ...(right && { right }) })

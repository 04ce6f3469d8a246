/** The life of a class while its room is open: started and ended by the teacher, paused while the teacher is gone. */
import type { Log } from './log.ts'
import type { Lessons } from './ports.ts'
import { AppError } from './protocol/errors.ts'
import type { EventType, Person } from './protocol/events.ts'
import type { LessonAction, LessonState, LessonStatus } from './protocol/lesson.ts'
import type { Timing } from './timing.ts'

/** What the life of a class needs of its room. */
export type ClassRoom = {
  id: string
  status(): LessonStatus
  /** Takes over where the business side says the lesson stands. */
  adopt(state: LessonState): void
  teacherOnline(): boolean
  append(type: EventType & `class${string}`, by: Person | null): { seq: number; stored: Promise<void> }
  /** The class is over, or the lesson was cancelled: nobody has anything to do here. */
  dismiss(): void
}

const eventOf = {
  start: 'classStarted',
  pause: 'classPaused',
  resume: 'classResumed',
  end: 'classEnded',
} as const satisfies Partial<Record<LessonAction, EventType>>

export class ClassLife {
  private readonly room: ClassRoom
  private readonly lessons: Lessons
  private readonly log: Log
  private readonly timing: Timing
  private readonly ticking: NodeJS.Timeout
  private absence: NodeJS.Timeout | undefined
  private teacherSeenAt = performance.now()
  private turn: Promise<unknown> = Promise.resolve()

  constructor(room: ClassRoom, lessons: Lessons, log: Log, timing: Timing) {
    this.room = room
    this.lessons = lessons
    this.log = log
    this.timing = timing
    this.ticking = setInterval(() => this.reconcileInTurn(), timing.reconcileMs)
    this.teacherChanged()
  }

  start(by: Person) {
    return this.inTurn(() => this.move('start', by))
  }

  end(by: Person) {
    return this.inTurn(() => this.move('end', by))
  }

  /** Called when a teacher comes or goes. */
  teacherChanged(): void {
    clearTimeout(this.absence)
    this.teacherSeenAt = performance.now()
    if (this.room.teacherOnline()) this.reconcileInTurn()
    else this.absence = setTimeout(() => this.reconcileInTurn(), this.timing.teacherGoneMs)
  }

  close(): void {
    clearTimeout(this.absence)
    clearInterval(this.ticking)
  }

  /** The room follows the lesson, which others may have moved on, and then moves it to where it should be. */
  private async reconcile(): Promise<void> {
    this.follow(await this.lessons.touch(this.room.id))
    const status = this.room.status()
    if (this.room.teacherOnline()) {
      if (status === 'scheduled') this.room.adopt(await this.lessons.advance(this.room.id, 'openLobby'))
      if (status === 'paused') await this.move('resume', null)
    } else if (status === 'live' && performance.now() - this.teacherSeenAt >= this.timing.teacherGoneMs)
      await this.move('pause', null)
  }

  private follow(state: LessonState): void {
    const before = this.room.status()
    if (state.status === before) return
    this.room.adopt(state)
    if (state.status === 'ended') this.tell('end', null)
    else if (state.status === 'paused') this.tell('pause', null)
    else if (state.status === 'live') this.tell(before === 'paused' ? 'resume' : 'start', null)
  }

  private async move(action: keyof typeof eventOf, by: Person | null) {
    this.room.adopt(await this.lessons.advance(this.room.id, action))
    return this.tell(action, by)
  }

  private tell(action: keyof typeof eventOf, by: Person | null) {
    const event = this.room.append(eventOf[action], by)
    this.log.info({ action }, 'class moved on')
    if (action === 'end')
      event.stored.then(
        () => this.room.dismiss(),
        () => {},
      )
    if (action === 'start') this.teacherChanged()
    return event
  }

  private inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.turn.then(step)
    this.turn = result.catch(() => undefined)
    return result
  }

  private reconcileInTurn(): void {
    this.inTurn(() => this.reconcile()).catch((error) => {
      if (!(error instanceof AppError)) this.log.error({ err: error }, 'the state of the class could not be moved on')
      if (error instanceof AppError && error.code === 'not_found') this.room.dismiss()
    })
  }
}

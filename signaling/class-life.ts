/** The life of a class while its room is open: started and ended by the teacher, paused while the teacher is gone. */
import type { Log } from './log.ts'
import type { Lessons } from './ports.ts'
import { AppError } from './protocol/errors.ts'
import type { EventType, Person } from './protocol/events.ts'
import type { LessonAction, LessonState, LessonStatus } from './protocol/lesson.ts'

const TEACHER_GONE_MS = 3000
const TICK_MS = 10_000

/** What the life of a class needs of its room. */
export type ClassRoom = {
  id: string
  status(): LessonStatus
  /** Takes over where the business side says the lesson stands. */
  adopt(state: LessonState): void
  teacherOnline(): boolean
  append(type: EventType & `class${string}`, by: Person | null): { seq: number; stored: Promise<void> }
  ended(): void
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
  private readonly tick: NodeJS.Timeout
  private absence: NodeJS.Timeout | undefined
  private turn: Promise<unknown> = Promise.resolve()

  constructor(room: ClassRoom, lessons: Lessons, log: Log) {
    this.room = room
    this.lessons = lessons
    this.log = log
    this.tick = setInterval(() => this.inTurn(() => this.check()), TICK_MS)
    this.teacherChanged()
  }

  start(by: Person) {
    return this.inOrder(() => this.move('start', by))
  }

  end(by: Person) {
    return this.inOrder(() => this.move('end', by))
  }

  /** Called when a teacher comes or goes. */
  teacherChanged(): void {
    clearTimeout(this.absence)
    if (this.room.teacherOnline()) this.inTurn(() => this.teacherCame())
    else if (this.room.status() === 'live')
      this.absence = setTimeout(() => this.inTurn(() => this.teacherLeft()), TEACHER_GONE_MS)
  }

  close(): void {
    clearTimeout(this.absence)
    clearInterval(this.tick)
  }

  private async teacherCame(): Promise<void> {
    if (this.room.status() === 'scheduled') {
      const opened = this.lessons.advance(this.room.id, 'openLobby')
      this.room.adopt(await opened.catch(() => this.lessons.stateOf(this.room.id)))
    }
    if (this.room.status() === 'paused') await this.move('resume', null)
  }

  private async teacherLeft(): Promise<void> {
    if (this.room.status() === 'live' && !this.room.teacherOnline()) await this.move('pause', null)
  }

  /** A live class says that it is served; a paused one may have been ended by the sweep. */
  private async check(): Promise<void> {
    if (this.room.status() === 'live') return this.lessons.touch(this.room.id)
    if (this.room.status() !== 'paused') return
    const { status } = await this.lessons.stateOf(this.room.id)
    if (status === 'ended') this.tell('end', null)
  }

  private async move(action: keyof typeof eventOf, by: Person | null) {
    this.room.adopt(await this.lessons.advance(this.room.id, action))
    return this.tell(action, by)
  }

  private tell(action: keyof typeof eventOf, by: Person | null) {
    const event = this.room.append(eventOf[action], by)
    this.log.info({ action, status: this.room.status() }, 'class moved on')
    if (action === 'end') void event.stored.then(() => this.room.ended())
    else if (action !== 'pause') this.teacherChanged()
    return event
  }

  private inOrder<T>(step: () => Promise<T>): Promise<T> {
    const result = this.turn.then(step)
    this.turn = result.catch(() => undefined)
    return result
  }

  private inTurn(step: () => Promise<unknown>): void {
    this.inOrder(step).catch((error) => {
      if (!(error instanceof AppError)) this.log.error({ err: error }, 'the state of the class could not be moved on')
    })
  }
}

/** RTMP in: a stream key opens the way, a helper on this machine turns what comes into what a room takes. */
import type { Incoming, PlainWay } from '../../signaling/ports.ts'

/** A server of RTMP beside this one. */
export interface RtmpServer {
  /** Sends this publisher away. */
  drop(name: string): Promise<void>
  close(): Promise<void>
}

/** What a server of RTMP asks and tells. */
export type RtmpPublishers = {
  /** Lets a publisher in, and answers the name under which it is found from now on; undefined sends it away. */
  begin(key: string): Promise<string | undefined>
  /** What is sent under this name can be read at `url`. */
  began(name: string, url: string): void
  ended(name: string): void
}

/** Turns RTMP into RTP. */
export interface StreamHelper {
  /** Runs until it is closed, or what it reads ends. `warn` is told what makes it dearer than passing it through. */
  start(url: string, way: PlainWay, warn: (warning: 'b_frames' | 'not_h264') => void): { close(): void }
}

type Published = { way: Incoming & PlainWay; lessonId: string; helper: { close(): void } | undefined }

export type RtmpDeps = {
  /** Whom this key lets in, and the way for what they send. Throws what keeps them out. */
  enter(key: string, ended: () => void): Promise<{ lessonId: string; way: Incoming & PlainWay }>
  helper: StreamHelper
  newName: () => string
  log: { info(details: object, message: string): void }
}

export class RtmpStreams implements RtmpPublishers {
  private readonly deps: RtmpDeps
  private readonly published = new Map<string, Published>()
  private server: RtmpServer | undefined

  constructor(deps: RtmpDeps) {
    this.deps = deps
  }

  /** Whom to tell that somebody has to go. */
  use(server: RtmpServer): void {
    this.server = server
  }

  async begin(key: string): Promise<string | undefined> {
    const name = this.deps.newName()
    let over = false
    const ended = () => {
      over = true
      this.sendAway(name)
    }
    try {
      const { lessonId, way } = await this.deps.enter(key, ended)
      if (over) return undefined
      this.published.set(name, { way, lessonId, helper: undefined })
      return name
    } catch (error) {
      this.deps.log.info({ code: (error as { code?: string }).code }, 'an RTMP publisher was refused')
      return undefined
    }
  }

  began(name: string, url: string): void {
    const published = this.published.get(name)
    if (!published || published.helper) return
    const { way } = published
    published.helper = this.deps.helper.start(url, way, (warning) => way.warnings.add(warning))
  }

  ended(name: string): void {
    const published = this.published.get(name)
    this.published.delete(name)
    published?.helper?.close()
    published?.way.close()
  }

  closeAll(lessonId?: string): void {
    for (const [name, published] of this.published)
      if (!lessonId || published.lessonId === lessonId) this.sendAway(name)
  }

  private sendAway(name: string): void {
    if (!this.published.has(name)) return
    this.ended(name)
    void this.server?.drop(name).catch(() => {})
  }
}

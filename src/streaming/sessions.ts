/** The sessions of WHIP and WHEP that are open at this node, each under an address of its own. */
import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import type { SdpSession } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { hashOf } from './keys.ts'

type Owner = {
  lessonId: string
  kind: 'whip' | 'whep'
  /** What it was opened with, and has to be asked with. */
  secret: string
}
type Open = Omit<Owner, 'secret'> & { secretHash: string; etag: string; session: SdpSession }

export class SdpSessions {
  private readonly sessions = new Map<string, Open>()

  /** Opens one; `open` is given what forgets it again. `etag` names the state of its ICE. */
  async open({ lessonId, kind, secret }: Owner, open: (ended: () => void) => Promise<SdpSession>) {
    const id = randomUUID()
    let isOver = false
    const session = await open(() => {
      isOver = true
      this.sessions.delete(id)
    })
    const etag = newEtag()
    if (!isOver) this.sessions.set(id, { lessonId, kind, secretHash: hashOf(secret), etag, session })
    return { id, etag, answer: session.answer }
  }

  /**
   * Takes a fragment of ICE under `If-Match`: further candidates for the state that it names, answered with undefined,
   * or with `*` a restart. Throws `precondition_required`, `precondition_failed`, and `bad_request` for nonsense.
   */
  async patch(id: string, owner: Owner, ifMatch: string | undefined, fragment: string) {
    const open = this.found(id, owner)
    if (!ifMatch) throw new AppError('precondition_required', 'If-Match has to name the state of ICE')
    if (ifMatch === '*') {
      const answer = await open.session.restartIce(fragment)
      open.etag = newEtag()
      return { answer, etag: open.etag }
    }
    if (ifMatch !== open.etag) throw new AppError('precondition_failed', 'ICE was restarted meanwhile')
    open.session.trickle(fragment)
    return undefined
  }

  end(id: string, owner: Owner): void {
    this.found(id, owner)
    this.close(id)
  }

  close(id: string): void {
    this.sessions.get(id)?.session.close()
    this.sessions.delete(id)
  }

  closeAll(lessonId?: string, kind?: Owner['kind']): void {
    for (const [id, open] of this.sessions)
      if (!lessonId || (open.lessonId === lessonId && open.kind === kind)) this.close(id)
  }

  private found(id: string, { lessonId, kind, secret }: Owner): Open {
    const open = this.sessions.get(id)
    if (open?.lessonId !== lessonId || open.kind !== kind) throw new AppError('not_found', 'this session is over')
    if (!timingSafeEqual(Buffer.from(open.secretHash), Buffer.from(hashOf(secret))))
      throw new AppError('unauthorized', 'this session was opened with something else')
    return open
  }
}

const newEtag = () => `"${randomBytes(9).toString('base64url')}"`

/** The audit log, as it travels over HTTP. */
import { Type } from 'typebox'
import { nullable, object, type Static } from '../../signaling/protocol/define.ts'

const Uuid = Type.String({ format: 'uuid' })
const Word = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })

export const AuditQuerySchema = object({
  actorId: Type.Optional(Uuid),
  subject: Type.Optional(Word),
  subjectId: Type.Optional(Word),
  after: Type.Optional(Type.String({ maxLength: 100 })),
})
export type AuditQuery = Static<typeof AuditQuerySchema>

/** The latest first. */
export const AuditPageSchema = object({
  entries: Type.Array(
    object({
      id: Uuid,
      at: Type.Integer(),
      /** Null: the server itself. */
      actorId: nullable(Uuid),
      /** Their name now; null for accounts that are gone. */
      actor: nullable(Type.String()),
      action: Type.String(),
      subject: Type.String(),
      subjectId: Type.String(),
      details: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
  next: nullable(Type.String()),
})
export type AuditPage = Static<typeof AuditPageSchema>

/** The audit log, as it travels over HTTP. */
import { Type } from 'typebox'
import { nullable, object, oneOf, type Static } from '../../signaling/protocol/define.ts'

const Uuid = Type.String({ format: 'uuid' })
const Word = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })

/** Everything that is written down when it is done. The client has words for each. */
export const auditActions = [
  'accountDeleted',
  'userBanned',
  'userUnbanned',
  'roleChanged',
  'courseStatusSet',
  'replayRemoved',
  'reviewHidden',
  'reviewShown',
  'categoryAdded',
  'categoryChanged',
  'categoryRemoved',
  'planAdded',
  'planChanged',
  'couponCreated',
  'couponChanged',
  'refundApproved',
  'refundSeconded',
  'refundRejected',
  'refundRetried',
  'alarmSeen',
  'differenceResolved',
  'watermarkTampered',
  'nodeTuned',
] as const
const AuditActionSchema = oneOf(...auditActions)
export type AuditAction = Static<typeof AuditActionSchema>

/** What it was done to. */
export const auditSubjects = [
  'user',
  'course',
  'lesson',
  'review',
  'category',
  'membershipPlan',
  'coupon',
  'refund',
  'alarm',
  'difference',
  'node',
] as const
const AuditSubjectSchema = oneOf(...auditSubjects)
export type AuditSubject = Static<typeof AuditSubjectSchema>

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
      action: AuditActionSchema,
      subject: AuditSubjectSchema,
      subjectId: Type.String(),
      /** What it is called now, where it has a name and is still there: of a refund, its order's number. */
      subjectName: nullable(Type.String()),
      details: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
  next: nullable(Type.String()),
})
export type AuditPage = Static<typeof AuditPageSchema>

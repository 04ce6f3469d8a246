/** What a message of the chat is made of. */
import { Type } from 'typebox'
import { limits } from './constants.ts'
import { Id, object, Seq, type Static } from './define.ts'

export const MessageTextSchema = Type.String({ minLength: 1, maxLength: limits.messageLength, pattern: '\\S' })

/** Somebody who is called by name: the name, with its @, stands in this place of the text. */
export const MentionSchema = object({
  peerId: Id,
  start: Type.Integer({ minimum: 0 }),
  length: Type.Integer({ minimum: 2 }),
})
export type Mention = Static<typeof MentionSchema>

/** What somebody says, as the room keeps it. */
export const MessageSchema = object({
  text: MessageTextSchema,
  replyTo: Type.Optional(Seq),
  /** In the order of their places, which do not overlap. */
  mentions: Type.Optional(Type.Array(MentionSchema, { maxItems: limits.mentions })),
})
export type MessageData = Static<typeof MessageSchema>

/** What somebody wants to say. */
export const MessageDraftSchema = object({
  text: MessageTextSchema,
  replyTo: Type.Optional(Seq),
  /** Who is called by name. Whoever’s name, with an @ before it, is not in the text is left out. */
  mentions: Type.Optional(Type.Array(Id, { maxItems: limits.mentions })),
})

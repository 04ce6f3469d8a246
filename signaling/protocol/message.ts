/** What a message of the chat is made of. */
import { Type } from 'typebox'
import { limits } from './constants.ts'
import { Id, object, Seq, type Static, Uuid } from './define.ts'

export const MessageTextSchema = Type.String({ minLength: 1, maxLength: limits.messageLength, pattern: '\\S' })

/** With a picture, nothing needs to be said. */
export const CaptionSchema = Type.String({ maxLength: limits.messageLength })

/** A picture that its author uploaded for the chat; in pixels. */
export const PictureSchema = object({
  fileId: Uuid,
  width: Type.Integer({ minimum: 1 }),
  height: Type.Integer({ minimum: 1 }),
})
export type Picture = Static<typeof PictureSchema>

/** Somebody who is called by name: the name, with its @, stands in this place of the text. */
export const MentionSchema = object({
  peerId: Id,
  start: Type.Integer({ minimum: 0 }),
  length: Type.Integer({ minimum: 2 }),
})
export type Mention = Static<typeof MentionSchema>

/** What somebody says, as the room keeps it. */
export const MessageSchema = object({
  text: CaptionSchema,
  replyTo: Type.Optional(Seq),
  /** In the order of their places, which do not overlap. */
  mentions: Type.Optional(Type.Array(MentionSchema, { maxItems: limits.mentions })),
  picture: Type.Optional(PictureSchema),
})
export type MessageData = Static<typeof MessageSchema>

/** What somebody wants to say: words, a picture, or both. */
export const MessageDraftSchema = object({
  text: CaptionSchema,
  replyTo: Type.Optional(Seq),
  /** Who is called by name. Whoever’s name, with an @ before it, is not in the text is left out. */
  mentions: Type.Optional(Type.Array(Id, { maxItems: limits.mentions })),
  /** The file of a picture that one uploaded for the chat. */
  picture: Type.Optional(Uuid),
})

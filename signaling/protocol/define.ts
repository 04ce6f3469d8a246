/** The vocabulary that requests, notifications and events are declared in. */
import { type Static, type TProperties, type TSchema, Type } from 'typebox'

/** An object with these properties and no others. */
export const object = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false })

/** One request: what the client sends, what the server answers, and what it is for. */
export const request = <D extends TSchema, R extends TSchema>(about: string, data: D, result: R) => ({
  about,
  data,
  result,
})

/** One of these words. */
export const oneOf = <W extends string>(...words: W[]) => Type.Unsafe<W>({ type: 'string', enum: words })

/** A value whose inside mediasoup checks; here it has a type, and is an object. */
export const opaque = <T>() => Type.Unsafe<T>(Type.Object({}, { additionalProperties: true }))

export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

export const Nothing = object({})
export const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })
export const Uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
/** Milliseconds since 1970 on the server's clock. */
export const Timestamp = Type.Integer({ minimum: 0 })
/** The place of an event in its room's log; the first is 1. */
export const Seq = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 2 })

/** Answered once the event is stored; `held`: nobody sees it until staff let it pass. */
export const Said = object({ seq: Seq, held: Type.Boolean() })

export type { Static, TSchema }

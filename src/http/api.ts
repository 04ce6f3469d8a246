/** A Fastify whose handlers get the types of their requests and answers from the schemas of the route. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import { Type } from 'typebox'
import { object } from '../../signaling/protocol/define.ts'

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export const typed = (app: FastifyInstance): Api => app.withTypeProvider<TypeBoxTypeProvider>()

export const UuidSchema = Type.String({ format: 'uuid' })
export const ById = object({ id: UuidSchema })
/** For routes that need the room of the lesson in their address. */
export const lessonById = ({ params }: FastifyRequest) => (params as { id: string }).id
export const NoContent = Type.Null({ description: 'Done' })

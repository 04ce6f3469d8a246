/** The current picture of a live class over HTTP: the one body of this server that is no JSON. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { ById, lessonById, NoContent, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { FRAME_BYTES, FRAME_HEIGHT, FRAME_WIDTH } from './frames.ts'
import type { LessonService } from './service.ts'

const JPEG = 'image/jpeg'
const JpegSchema = Type.Unsafe<Buffer>({ contentMediaType: JPEG })

export async function frameRoutes(app: FastifyInstance, { lessons, auth }: { lessons: LessonService; auth: Auth }) {
  const api = typed(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(JPEG, { parseAs: 'buffer', bodyLimit: FRAME_BYTES }, (_request, body, done) =>
    done(null, body),
  )

  api.put(
    '/api/lessons/:id/frame',
    {
      config: { lessonOf: lessonById },
      preValidation: auth.requireUser,
      schema: {
        tags: ['lessons'],
        security: bearer,
        summary: `Its teacher, while live: the current picture, at most ${FRAME_WIDTH} × ${FRAME_HEIGHT} and 30 KB`,
        consumes: [JPEG],
        params: ById,
        body: JpegSchema,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await lessons.putFrame(request.user!, request.params.id, request.body)
      return reply.code(204).send(null)
    },
  )

  api.delete(
    '/api/lessons/:id/frame',
    {
      config: { lessonOf: lessonById },
      preValidation: auth.requireUser,
      schema: {
        tags: ['lessons'],
        security: bearer,
        summary: 'Its teacher: take the current picture away',
        params: ById,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await lessons.removeFrame(request.user!, request.params.id)
      return reply.code(204).send(null)
    },
  )

  api.get(
    '/api/lessons/:id/frame.jpg',
    {
      // Pictures of the first page, like the files of the client; a school has one address.
      config: { rateLimit: false, lessonOf: lessonById },
      schema: {
        tags: ['lessons'],
        security: [{}],
        summary: 'The current picture of a live lesson',
        params: ById,
        response: {
          200: { description: 'The picture', content: { [JPEG]: { schema: JpegSchema } } },
          304: Type.Null({ description: 'It is still the same' }),
          ...errorAnswers,
        },
      },
    },
    async (request, reply) => {
      const { jpeg, at } = await lessons.frame(request.params.id)
      const etag = `"${at}"`
      reply.header('Cache-Control', 'public, max-age=10').header('ETag', etag)
      if (request.headers['if-none-match'] === etag) return reply.code(304).send(null)
      return reply.type(JPEG).send(jpeg)
    },
  )
}

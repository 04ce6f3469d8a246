/** How far a video is, over HTTP; for whoever uploaded it, and operators. */
import type { FastifyInstance } from 'fastify'
import { ById, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { VideoSchema } from './schema.ts'
import type { Videos } from './videos.ts'

export async function videoRoutes(app: FastifyInstance, { videos, auth }: { videos: Videos; auth: Auth }) {
  const api = typed(app)
  const schema = (summary: string) => ({
    tags: ['files'],
    security: bearer,
    summary,
    params: ById,
    response: { 200: VideoSchema, ...errorAnswers },
  })

  api.get(
    '/api/files/:id/video',
    { preValidation: auth.requireUser, schema: schema('How far the video of a file is') },
    (request) => videos.state(request.user!, request.params.id),
  )
  api.post(
    '/api/files/:id/video/cancel',
    { preValidation: auth.requireUser, schema: schema('Do not make a video of it') },
    (request) => videos.cancel(request.user!, request.params.id),
  )
  api.post(
    '/api/files/:id/video/retry',
    { preValidation: auth.requireUser, schema: schema('Try again what failed') },
    (request) => videos.retry(request.user!, request.params.id),
  )
}

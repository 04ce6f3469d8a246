/** What of a class is replayed, over HTTP, for its teacher. */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { object } from '../../signaling/protocol/define.ts'
import { contentDisposition } from '../files/names.ts'
import { readRange } from '../files/routes.ts'
import { type Api, ById, NoContent, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import type { ReplayEditing } from './replay-editing.ts'
import type { OpenReplayFile, ReplayFiles } from './replay-files.ts'
import { ReplayChangeSchema, ReplayEditSchema, ReplayFileSchema } from './schema.ts'

export type ReplayEditingRoutesDeps = { editing: ReplayEditing; replayFiles: ReplayFiles; auth: Auth }

export async function replayEditingRoutes(app: FastifyInstance, deps: ReplayEditingRoutesDeps) {
  const api = typed(app)
  editingRoutes(api, deps)
  fileRoutes(api, deps)
}

function editingRoutes(api: Api, { editing, auth }: ReplayEditingRoutesDeps) {
  const shared = { tags: ['playing'], security: bearer, params: ById }
  const preValidation = auth.requireUser

  api.get(
    '/api/lessons/:id/replay',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: what is recorded of a class, and what of it is replayed',
        response: { 200: ReplayEditSchema, ...errorAnswers },
      },
    },
    (request) => editing.read(request.user!, request.params.id),
  )

  api.patch(
    '/api/lessons/:id/replay',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: trim the replay of a class, name its chapters, publish or hide it',
        body: ReplayChangeSchema,
        response: { 200: ReplayEditSchema, ...errorAnswers },
      },
    },
    (request) => editing.change(request.user!, request.params.id, request.body),
  )

  api.delete(
    '/api/lessons/:id/replay',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: remove what is recorded of a class, for good',
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await editing.remove(request.user!, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

function fileRoutes(api: Api, { replayFiles, auth }: ReplayEditingRoutesDeps) {
  api.post(
    '/api/lessons/:id/replay/file',
    {
      preValidation: auth.requireUser,
      schema: {
        tags: ['playing'],
        security: bearer,
        summary: 'Its teacher: have a replay made into one MP4; asking again tells how far it is, and then its address',
        params: ById,
        response: { 200: ReplayFileSchema, ...errorAnswers },
      },
    },
    (request) => replayFiles.ask(request.user!, request.params.id),
  )

  api.get(
    '/api/replay-files/:token',
    {
      schema: {
        tags: ['playing'],
        security: [{}],
        summary: 'The MP4 of a replay, or a range of it',
        params: object({ token: Type.String({ maxLength: 1000, pattern: '^[A-Za-z0-9_.-]+$' }) }),
        response: { 200: Type.Unsafe<unknown>({ type: 'string', format: 'binary' }), ...errorAnswers },
      },
    },
    async (request, reply) => sendFile(request, reply, await replayFiles.open(request.params.token)),
  )
}

async function sendFile(request: FastifyRequest, reply: FastifyReply, file: OpenReplayFile): Promise<FastifyReply> {
  const { title, sizeBytes, etag } = file
  reply.headers({
    etag,
    'cache-control': 'private, no-cache',
    'accept-ranges': 'bytes',
    'content-type': 'video/mp4',
    'content-disposition': contentDisposition('attachment', `${title}.mp4`),
    'x-content-type-options': 'nosniff',
  })
  const ifRange = request.headers['if-range']
  const range = ifRange === undefined || ifRange === etag ? readRange(request.headers.range, sizeBytes) : undefined
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${sizeBytes}`).send()
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`)
  reply.header('content-length', range ? range.end - range.start + 1 : sizeBytes)
  if (request.method === 'HEAD') return reply.send(Readable.from([]))
  return reply.send((await file.read(range)).stream)
}

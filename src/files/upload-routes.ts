/** Resumable uploads over HTTP, by the tus protocol (https://tus.io), for those who may. */
import type { IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { FileStore } from '@tus/file-store'
import { EVENTS, Metadata, Server, type Upload } from '@tus/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { AppError } from '../../signaling/protocol/errors.ts'
import { type Api, ById, NoContent, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { type Purpose, purposes } from './purposes.ts'
import { PurposeRulesSchema, UploadSchema } from './schema.ts'
import type { NewUpload, UploadRow, Uploads } from './uploads.ts'

const PATH = '/api/uploads'
const BYTES = 'application/offset+octet-stream'
/** The last bytes are answered after so long even where they are still being put away; `state` tells the rest. */
const ANSWER_WITHIN_MS = 20_000
/** A client that sends nothing for so long may come back; its socket is closed. */
const STALLED_MS = 60_000
/** Per address; one address may be a whole school. */
const BEGUN_PER_MINUTE = 120

export type UploadRoutesDeps = { uploads: Uploads; auth: Auth; publicUrl: string; begunPerMinute?: number }
type Deps = UploadRoutesDeps & { tus: Tus }

export async function uploadRoutes(app: FastifyInstance, given: UploadRoutesDeps) {
  // The bytes are read by the protocol's own library, as they come.
  app.addContentTypeParser(BYTES, (_request, _payload, done) => done(null))
  const api = typed(app)
  const deps = { ...given, tus: createTus(given) }
  beginRoute(api, deps)
  resumeRoutes(api, deps)
  askingRoutes(api, deps)
}

type Tus = ReturnType<typeof createTus>

/** The library moves bytes and counts them; who may do what is decided before it hears of a request. */
function createTus({ uploads, publicUrl }: UploadRoutesDeps) {
  const ids = new WeakMap<IncomingMessage, string>()
  const idOf = ({ runtime }: { runtime?: { node?: { req: unknown } } }) =>
    ids.get(runtime!.node!.req as IncomingMessage)!
  const datastore = new FileStore({ directory: uploads.folder, configstore: configOf(uploads) })
  // Announced as far as it is served: a length that is told later cannot be checked first.
  datastore.extensions = ['creation', 'creation-with-upload', 'termination']
  const server = new Server({
    path: PATH,
    datastore,
    relativeLocation: true,
    allowedOrigins: [publicUrl],
    namingFunction: idOf,
    // The library would take what follows the last slash, and an address may have one after its question mark.
    getFileIdFromRequest: idOf,
    onUploadFinish: async (_request, { id }) => {
      await Promise.race([uploads.finish(id), pause(ANSWER_WITHIN_MS, undefined, { ref: false })])
      return {}
    },
    onResponseError: (_request, error) =>
      error instanceof AppError
        ? {
            status_code: error.statusCode,
            body: JSON.stringify({ error: { code: error.code, message: error.message } }),
          }
        : undefined,
  })
  server.on(EVENTS.POST_TERMINATE, (_request, _response, id) => void uploads.discard(id))
  return {
    /** Hands the request over to the library, which answers it. */
    handle: async (request: FastifyRequest, reply: FastifyReply, id?: string): Promise<void> => {
      if (id) ids.set(request.raw, id)
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value)
      reply.hijack()
      request.raw.setTimeout(STALLED_MS, () => request.raw.destroy())
      await server.handle(request.raw, reply.raw)
    },
  }
}

/** The library keeps what it knows of an upload beside the bytes; here that is in the database. */
const configOf = (uploads: Uploads) => ({
  get: async (id: string): Promise<Upload | undefined> => {
    const row = await uploads.byId(id)
    return (
      row && ({ id, size: row.sizeBytes, offset: 0, creation_date: new Date(row.createdAt).toISOString() } as Upload)
    )
  },
  set: async () => {},
  delete: (id: string) => uploads.discard(id),
})

function beginRoute(api: Api, { uploads, auth, tus, begunPerMinute = BEGUN_PER_MINUTE }: Deps) {
  api.post(
    PATH,
    {
      config: { rateLimit: { max: begunPerMinute, timeWindow: '1 minute' } },
      preValidation: auth.requireUser,
      schema: {
        tags: ['files'],
        security: bearer,
        summary:
          'Begin an upload (tus creation): Upload-Length, and Upload-Metadata with purpose, filename and perhaps sha256',
        response: {
          201: Type.String({ description: 'Nothing; the upload is at the address in Location' }),
          ...errorAnswers,
        },
      },
    },
    async (request, reply) => {
      const id = await uploads.begin(request.user!, readNewUpload(request))
      await tus.handle(request, reply, id)
    },
  )
  api.options(PATH, { schema: { hide: true } }, (request, reply) => tus.handle(request, reply))
}

/** What the client says of the file. Its type is not asked for: it is found in the bytes. */
function readNewUpload({ headers }: FastifyRequest): NewUpload {
  const length = String(headers['upload-length'] ?? '')
  if (!/^\d{1,15}$/.test(length))
    throw new AppError('bad_request', 'Upload-Length must be the size of the file in bytes')
  if (headers['upload-concat']) throw new AppError('bad_request', 'an upload is of one piece')
  const { purpose, filename, sha256 } = readMetadata(headers['upload-metadata'])
  if (!purposes.some((each) => each === purpose))
    throw new AppError('bad_request', `the purpose must be one of ${purposes.join(', ')}`)
  if (sha256 && !/^[0-9a-f]{64}$/.test(sha256)) throw new AppError('bad_request', 'sha256 must be in lower-case hex')
  return { purpose: purpose as Purpose, name: filename ?? '', sizeBytes: Number(length), sha256: sha256 ?? null }
}

function readMetadata(header: unknown): Record<string, string | null> {
  try {
    return Metadata.parse(String(header ?? ''))
  } catch {
    throw new AppError('bad_request', 'Upload-Metadata cannot be read')
  }
}

function resumeRoutes(api: Api, { uploads, auth, tus }: Deps) {
  const own = (request: FastifyRequest) => uploads.ownedBy(request.user!, (request.params as { id: string }).id)
  const receiving = async (request: FastifyRequest): Promise<UploadRow> => {
    const row = await own(request)
    if (row.status === 'refused') throw new AppError(row.refusal as 'unsupported_type', 'this file was refused')
    return row
  }
  const shared = { tags: ['files'], security: bearer, params: ById }

  api.head(
    `${PATH}/:id`,
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'How many bytes of an upload are here (tus): Upload-Offset',
        response: { 200: Type.Null({ description: 'Told in the headers' }), ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { id, status, sizeBytes } = await receiving(request)
      if (status === 'receiving') return tus.handle(request, reply, id)
      return reply
        .headers({ 'tus-resumable': '1.0.0', 'upload-offset': sizeBytes, 'upload-length': sizeBytes })
        .header('cache-control', 'no-store')
        .send(null)
    },
  )

  api.patch(
    `${PATH}/:id`,
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Go on with an upload (tus) from Upload-Offset',
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { id, status } = await receiving(request)
      if (status !== 'receiving') throw new AppError('conflict', 'all bytes of this upload are here')
      await uploads.progressed(id)
      await tus.handle(request, reply, id)
    },
  )

  api.delete(
    `${PATH}/:id`,
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Give up an upload (tus termination)',
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { id, status } = await receiving(request)
      if (status !== 'receiving') throw new AppError('conflict', 'all bytes of this upload are here')
      await tus.handle(request, reply, id)
    },
  )
}

function askingRoutes(api: Api, { uploads, auth }: Deps) {
  const shared = { tags: ['files'], security: bearer }

  api.get(
    `${PATH}/:id`,
    {
      exposeHeadRoute: false,
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'How far an upload is, and the file that came of it',
        params: ById,
        response: { 200: UploadSchema, ...errorAnswers },
      },
    },
    (request) => uploads.state(request.user!, request.params.id),
  )

  api.get(
    `${PATH}/rules`,
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'What the user may upload: purposes, sizes, types',
        response: { 200: PurposeRulesSchema, ...errorAnswers },
      },
    },
    async (request) => ({
      purposes: purposes
        .filter((purpose) => uploads.rules[purpose].roles.includes(request.user!.role))
        .map((purpose) => {
          const { maxBytes, types } = uploads.rules[purpose]
          const endings = [...new Set(Object.values(types).flat())].map((ending) => `.${ending}`)
          return { purpose, maxBytes, mimeTypes: Object.keys(types), endings }
        }),
    }),
  )
}

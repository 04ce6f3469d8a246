/** Files over HTTP: their bytes, whole or in part, and signed addresses of them. */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { object } from '../../signaling/protocol/define.ts'
import { type Api, ById, NoContent, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { contentDisposition } from './names.ts'
import { FileAddressSchema } from './schema.ts'
import type { FileRow, Files, OpenFile } from './service.ts'
import type { ByteRange } from './storage.ts'

/** A page of a catalogue shows many covers, and a document is read in many pieces. */
const DOWNLOADS_PER_MINUTE = 3000

const DownloadQuerySchema = object({
  /** From a signed address, for what cannot send a bearer token. */
  access: Type.Optional(Type.String({ maxLength: 1000 })),
  /** `1`: to be saved, not shown. */
  download: Type.Optional(Type.Literal('1')),
})

export type FileRoutesDeps = { files: Files; auth: Auth }

export async function fileRoutes(app: FastifyInstance, deps: FileRoutesDeps) {
  const api = typed(app)
  downloadRoute(api, deps)
  addressRoute(api, deps)
  removeRoute(api, deps)
}

function downloadRoute(api: Api, { files, auth }: FileRoutesDeps) {
  api.get(
    '/api/files/:id',
    {
      config: { rateLimit: { max: DOWNLOADS_PER_MINUTE, timeWindow: '1 minute' } },
      preValidation: auth.optionalUser,
      schema: {
        tags: ['files'],
        security: [{}, ...bearer],
        summary: 'The bytes of a file, or a range of them; the cover of a course without signing in',
        params: ById,
        querystring: DownloadQuerySchema,
        response: { 200: Type.Unsafe<unknown>({ type: 'string', format: 'binary' }), ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { access, download } = request.query
      const opened = access ? await files.openSigned(access, id) : await files.open(request.user, id)
      return sendFile(request, reply, files, opened, download === '1')
    },
  )
}

/** Shown in the page by its own means; everything else is saved. */
const shown = /^(image|audio)\/|^application\/pdf$/

async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  files: Files,
  { file, public: isPublic }: OpenFile,
  save: boolean,
): Promise<FastifyReply> {
  const etag = `"${file.sha256}"`
  reply.headers({
    etag,
    'cache-control': isPublic ? 'public, max-age=86400' : 'private, no-cache',
    'accept-ranges': 'bytes',
    'content-type': file.mimeType,
    'content-disposition': contentDisposition(!save && shown.test(file.mimeType) ? 'inline' : 'attachment', file.name),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
    'last-modified': new Date(file.createdAt).toUTCString(),
  })
  if (isPublic) reply.header('vary', 'authorization')
  const known = request.headers['if-none-match']
  if (known?.split(',').some((each) => each.trim().replace(/^W\//, '') === etag || each.trim() === '*'))
    return reply.code(304).send()
  const ifRange = request.headers['if-range']
  const range = ifRange === undefined || ifRange === etag ? readRange(request.headers.range, file.sizeBytes) : undefined
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${file.sizeBytes}`).send()
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.sizeBytes}`)
  reply.header('content-length', range ? range.end - range.start + 1 : file.sizeBytes)
  if (request.method === 'HEAD') return reply.send(Readable.from([]))
  return reply.send(await files.read(file as FileRow, range))
}

/** One range as RFC 9110 has it; several, or what cannot be read, are as none. */
export function readRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? []
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined
  if (from === '') {
    const last = Math.min(Number(to), sizeBytes)
    return last === 0 ? 'unsatisfiable' : { start: sizeBytes - last, end: sizeBytes - 1 }
  }
  const start = Number(from)
  const end = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  if (to !== '' && Number(to) < start) return undefined
  return start >= sizeBytes ? 'unsatisfiable' : { start, end }
}

function addressRoute(api: Api, { files, auth }: FileRoutesDeps) {
  api.post(
    '/api/files/:id/address',
    {
      preValidation: auth.requireUser,
      schema: {
        tags: ['files'],
        security: bearer,
        summary:
          'A signed address of a file, for <img> and its like; it opens no more than the right that still stands',
        params: ById,
        response: { 200: FileAddressSchema, ...errorAnswers },
      },
    },
    (request) => files.address(request.user!, request.params.id),
  )
}

function removeRoute(api: Api, { files, auth }: FileRoutesDeps) {
  api.delete(
    '/api/files/:id',
    {
      preValidation: auth.requireUser,
      schema: {
        tags: ['files'],
        security: bearer,
        summary: 'Owners and operators: remove a file that nothing shows any more',
        params: ById,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await files.remove(request.user!, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

/** The web client: files of web/dist, and its one page for every address that is not the API's. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const NOT_BUILT = 'The web client has not been built. Run: npm run build'

/** Serves the folder; returns the answer to addresses that are the client's own. */
export async function webClient(app: FastifyInstance, folder: string) {
  const built = existsSync(join(folder, 'index.html'))
  if (built)
    await app.register(fastifyStatic, {
      root: folder,
      cacheControl: false,
      setHeaders: (reply, path) => reply.header('Cache-Control', cacheControlOf(path)),
    })
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (!built) return reply.code(503).type('text/plain').send(NOT_BUILT)
    if (isFile(request.url)) return reply.code(404).type('text/plain').send('There is no such file.')
    return reply.sendFile('index.html')
  }
}

/** Addresses of the client's screens have no dot; a file that an update took away must not be answered with a page. */
const isFile = (url: string) => /\.[^/]*$/.test(url.split('?')[0]!)

/** Files under assets/ carry a hash in their names; all others are asked for again. */
const cacheControlOf = (path: string) =>
  path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'

/** How every route answers trouble: `{ error: { code, message } }` under the status of the code. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { object } from '../../signaling/protocol/define.ts'
import { AppError, type ErrorCode, errorStatus } from '../../signaling/protocol/errors.ts'

export const ErrorSchema = object({ error: object({ code: Type.String(), message: Type.String() }) })

/** The part of a route's `response` schemas that all routes have in common. */
export const errorAnswers = { '4xx': ErrorSchema, '5xx': ErrorSchema }

/**
 * Answers errors and unknown addresses. `page` answers what is not meant for the API: the web client, which has
 * addresses of its own.
 */
export function answerErrors(
  app: FastifyInstance,
  page?: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>,
) {
  app.setErrorHandler((error: FastifyError | AppError, request, reply) => {
    const code = codeOf(error)
    const status = errorStatus[code]
    if (code === 'internal') request.log.error({ err: error }, 'request failed')
    const message = code === 'internal' ? 'internal error' : error.message
    if (error instanceof AppError && error.retryAfterSeconds) reply.header('retry-after', error.retryAfterSeconds)
    return reply.code(status).send({ error: { code, message } })
  })
  app.setNotFoundHandler((request, reply) => {
    const wantsPage = ['GET', 'HEAD'].includes(request.method) && !/^\/api(\/|\?|$)/.test(request.url)
    if (page && wantsPage) return page(request, reply)
    const message = `there is no ${request.method} ${request.url.split('?')[0]}`
    return reply.code(404).send({ error: { code: 'not_found', message } })
  })
}

/** Fastify's own errors carry only a status. */
const codeOfStatus: Record<number, ErrorCode> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  413: 'too_large',
  429: 'too_many_requests',
  503: 'unavailable',
}

function codeOf(error: FastifyError | AppError): ErrorCode {
  if (error instanceof AppError) return error.code
  const status = error.statusCode ?? 500
  return codeOfStatus[status] ?? (status < 500 ? 'bad_request' : 'internal')
}

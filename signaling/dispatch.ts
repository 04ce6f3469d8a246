/** From a request frame to its answer: known method, sound data, the right to ask, then the handler. */
import { Compile, type Validator } from 'typebox/compile'
import { AppError } from './protocol/errors.ts'
import {
  type Data,
  type Method,
  type RequestFrame,
  type ResponseFrame,
  type Result,
  requests,
} from './protocol/index.ts'

/** A result that is still to come; the peer's next request does not wait for it. */
export class Later<T> {
  readonly result: Promise<T>

  constructor(result: Promise<T>) {
    this.result = result
  }
}

type Answer<R> = R | Later<R>

/** What a server must offer: one handler for each request, no more and no less. */
export type Handlers<Caller, M extends Method = Method> = {
  [K in M]: (caller: Caller, data: Data<K>) => Answer<Result<K>> | Promise<Answer<Result<K>>>
}

const checks = Object.fromEntries(Object.entries(requests).map(([method, { data }]) => [method, Compile(data)]))

const isMethod = (name: string): name is Method => Object.hasOwn(requests, name)

/**
 * Runs one request. Resolves when the next may start, to the answer or to the promise of one; `unexpected` is told of
 * errors that are bugs, which the client sees as `internal` without text.
 */
export async function dispatch<Caller>(
  handlers: Handlers<Caller>,
  caller: Caller,
  { id, method, data }: RequestFrame,
  unexpected: (error: unknown, method: string) => void,
): Promise<{ answer: ResponseFrame | Promise<ResponseFrame> }> {
  const failed = (error: unknown): ResponseFrame => {
    if (!(error instanceof AppError)) unexpected(error, method)
    const { code, message } = error instanceof AppError ? error : new AppError('internal')
    return { id, error: { code, message } }
  }
  try {
    if (!isMethod(method)) throw new AppError('bad_request', 'no such method')
    const check = checks[method]!
    if (!check.Check(data)) throw new AppError('bad_request', `${method}: ${problemOf(check, data)}`)
    const handler = handlers[method] as (caller: Caller, data: unknown) => unknown
    const result = await handler(caller, data)
    if (!(result instanceof Later)) return { answer: { id, result } }
    return { answer: result.result.then((later) => ({ id, result: later }), failed) }
  } catch (error) {
    return { answer: failed(error) }
  }
}

/** To name what is wrong takes long for large data, and those who send it do not need to know. */
const LARGEST_EXPLAINED = 4096

function problemOf(check: Validator, data: unknown): string {
  if (JSON.stringify(data).length > LARGEST_EXPLAINED) return 'malformed data'
  const [first] = check.Errors(data)
  return first ? `data${first.instancePath.replaceAll('/', '.')} ${first.message}` : 'malformed data'
}

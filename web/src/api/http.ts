/** JSON and files over HTTP, with the token of the session; a refused token is renewed once. */
import { ApiError, type TroubleCode } from './errors.ts'

export type Http = {
  get: <T>(path: string) => Promise<T>
  post: <T>(path: string, body?: object, headers?: Record<string, string>) => Promise<T>
  put: <T>(path: string, body?: object) => Promise<T>
  patch: <T>(path: string, body?: object) => Promise<T>
  delete: <T>(path: string, body?: object) => Promise<T>
}

type Tokens = { token(): Promise<string | null>; refresh(): Promise<string | null> }

/** One request as it is; `token` null for none. */
export async function send<T>(
  method: string,
  path: string,
  body?: object,
  token: string | null = null,
  given: Record<string, string> = {},
): Promise<T> {
  const headers = { ...given }
  const file = body instanceof Blob
  if (body) headers['content-type'] = file ? body.type : 'application/json'
  if (token) headers.authorization = `Bearer ${token}`
  let response: Response
  try {
    // What a page says as it goes away must arrive all the same.
    const keepalive = !file && globalThis.document?.visibilityState === 'hidden'
    const content = body ? { body: file ? body : JSON.stringify(body) } : {}
    response = await fetch(path, { method, headers, ...content, ...(keepalive && { keepalive }) })
  } catch {
    throw new ApiError('offline')
  }
  if (response.status === 204) return undefined as T
  const answer = await response.json().catch(() => null)
  if (response.ok) return answer as T
  const trouble = (answer as { error?: { code: TroubleCode; message: string } } | null)?.error
  const code = trouble?.code ?? (response.status >= 500 ? 'unavailable' : 'internal')
  throw new ApiError(code, trouble?.message, Number(response.headers.get('retry-after')) || 0)
}

/** Requests in the name of whoever is signed in. */
export function createHttp(tokens: Tokens): Http {
  const call = async <T>(method: string, path: string, body?: object, headers = {}): Promise<T> => {
    const token = await tokens.token()
    try {
      return await send<T>(method, path, body, token, headers)
    } catch (error) {
      if (!token || !(error instanceof ApiError) || error.code !== 'unauthorized') throw error
      const renewed = await tokens.refresh()
      if (!renewed) throw error
      return send<T>(method, path, body, renewed, headers)
    }
  }
  const by =
    (method: string) =>
    <T>(path: string, body?: object, headers?: Record<string, string>) =>
      call<T>(method, path, body, headers)
  return { get: by('GET'), post: by('POST'), put: by('PUT'), patch: by('PATCH'), delete: by('DELETE') }
}

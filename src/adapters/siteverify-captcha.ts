/** A captcha whose tokens are checked by `siteverify`, as Cloudflare Turnstile, hCaptcha and reCAPTCHA speak it. */
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Captcha } from '../users/sms.ts'

const ANSWER_LIMIT_MS = 5000

type Log = { error(details: object, message: string): void }

/** Lets nobody through while the service gives no answer. */
export const createSiteverifyCaptcha = (
  { verifyUrl, secretKey }: { verifyUrl: string; secretKey: string },
  log: Log,
): Captcha => ({
  async verify(token, address) {
    const body = new URLSearchParams({ secret: secretKey, response: token, remoteip: address })
    const answer = await ask(verifyUrl, body).catch((cause) => {
      log.error({ err: cause }, 'the captcha service gives no answer')
      throw new AppError('unavailable', 'the captcha cannot be checked now', { cause })
    })
    const errors = [answer['error-codes']].flat()
    if (errors.some((code) => code === 'invalid-input-secret' || code === 'missing-input-secret')) {
      log.error({ errors }, 'the captcha service refuses CAPTCHA_SECRET_KEY')
      throw new AppError('unavailable', 'the captcha is set up wrong')
    }
    return answer.success === true
  },
})

type Answer = { success?: unknown; 'error-codes'?: unknown }

async function ask(url: string, body: URLSearchParams): Promise<Answer> {
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS)
  const response = await fetch(url, { method: 'POST', body, signal, redirect: 'error' })
  const answer: unknown = await response.json()
  if (typeof answer !== 'object' || answer === null) throw new Error(`HTTP ${response.status} without an object`)
  return answer
}

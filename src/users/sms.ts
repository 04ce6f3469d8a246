/** The ports to what proves that somebody holds a phone, and is no program. */
import type { Phone } from './phones.ts'

export const codePurposes = ['sign_in', 'reset_password', 'new_phone', 'confirm'] as const
export type CodePurpose = (typeof codePurposes)[number]

export type SmsCode = { phone: Phone; code: string; minutes: number }

export interface SmsSender {
  /**
   * Hands the message over to be sent, once. Throws `phone_unsupported` for a number it cannot reach, and `sms_failed`
   * where the message may not have gone.
   */
  sendCode(message: SmsCode): Promise<void>
}

export interface Captcha {
  /** Whether this token was earned by a person at this address; throws `unavailable` where nobody can say. */
  verify(token: string, address: string): Promise<boolean>
}

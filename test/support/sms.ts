/** Phones for tests: numbers nobody else in the test has, and the messages that came to them. */
import { randomInt } from 'node:crypto'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { CodeRates, SmsSetup } from '../../src/users/codes.ts'
import type { SmsCode } from '../../src/users/sms.ts'

export type TestSms = ReturnType<typeof createTestSms>

const lots: CodeRates = { perPhonePerDay: 10, perAddressPerHour: 100_000, perHour: 100_000 }

/** A sender that keeps what it is given; `broken` makes it fail. */
export function createTestSms(
  setup: Partial<Omit<SmsSetup, 'sender' | 'rates'>> & { rates?: Partial<CodeRates> } = {},
) {
  const messages: SmsCode[] = []
  const state = { broken: false }
  const sms: SmsSetup = {
    countryCodes: ['86', '852'],
    ...setup,
    rates: { ...lots, ...setup.rates },
    sender: {
      async sendCode(message) {
        if (state.broken) throw new AppError('sms_failed', 'the network of the phones is down')
        messages.push(message)
      },
    },
  }
  return {
    setup: sms,
    messages,
    state,
    /** The last code that came to this phone. */
    codeOf: (phone: string) => messages.findLast((message) => message.phone === phone)!.code,
  }
}

let next = randomInt(10_000_000)

/** A number like `+8613912345678`. */
export function newPhone(): string {
  next = (next + 1) % 100_000_000
  return `+86139${String(next).padStart(8, '0')}`
}

export const otherThan = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

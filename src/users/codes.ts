/** Codes sent to phones: six digits that are good once, for one purpose, for five minutes and five attempts. */
import { randomInt, timingSafeEqual } from 'node:crypto'
import { and, eq, gt, lt, lte, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { phoneCodes } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { maskPhone, type Phone, type Phones } from './phones.ts'
import { countAgainst } from './rate-windows.ts'
import type { CodeSent } from './schema.ts'
import type { Captcha, CodePurpose, SmsSender } from './sms.ts'

export const CODE_TTL_SECONDS = 300
export const RESEND_SECONDS = 60
const ATTEMPTS = 5
const HOUR_SECONDS = 3600
const DAY_SECONDS = 24 * HOUR_SECONDS
/** Of one person who is signed in, to whatever phone. */
const PER_USER_PER_DAY = 20

export type CodeRates = { perPhonePerDay: number; perAddressPerHour: number; perHour: number }

export type SmsSetup = {
  sender: SmsSender
  /** Country codes, without +, of the numbers that codes are sent to. */
  countryCodes: string[]
  rates: CodeRates
  captcha?: Captcha | undefined
  /** Only in the demo, where nobody has the phone: the page is told the code. */
  showCodes?: boolean
}

type Log = { error(details: object, message: string): void }
export type CodesDeps = { db: Db; phones: Phones; now: () => number; sms?: SmsSetup | undefined; log?: Log | undefined }

/** Whose phone, and what for; a code that is sent to somebody who is signed in is only good for them. */
export type CodeSubject = { phone: Phone; purpose: CodePurpose; userId?: string | undefined }
/** A code that was right, and has yet to be spent. */
export type RightCode = { phoneIndex: string; purpose: CodePurpose; codeHash: string }

export type Codes = ReturnType<typeof createCodes>

export function createCodes(deps: CodesDeps) {
  return {
    /** Sends a new code, in place of an earlier one. The answer does not depend on whether anybody has this phone. */
    send: (subject: CodeSubject, address: string) => send(deps, subject, address),
    /** Throws `captcha_failed` where there is a captcha and the token is none of it. */
    checkCaptcha: (token: string | undefined, address: string) => checkCaptcha(deps, token, address),
    /** Counts an attempt; throws `wrong_code`. */
    check: (subject: CodeSubject, code: string) => check(deps, subject, code),
    spend,
    forgetOld: async () => {
      await deps.db.delete(phoneCodes).where(lte(phoneCodes.expiresAt, deps.now()))
    },
  }
}

async function send(deps: CodesDeps, subject: CodeSubject, address: string): Promise<CodeSent> {
  const { db, sms, phones } = deps
  const { phone, purpose } = subject
  if (!sms) throw new AppError('unavailable', 'this server sends no messages to phones')
  if (!sms.countryCodes.some((code) => phone.startsWith(`+${code}`)))
    throw new AppError('phone_unsupported', 'no messages are sent to numbers of this country')
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const right = { phoneIndex: phones.indexOf(phone), purpose, codeHash: hashOf(deps, subject, code) }
  await db.transaction((tx) => keep(deps, sms.rates, tx, right, subject, address))
  try {
    await sms.sender.sendCode({ phone, code, minutes: CODE_TTL_SECONDS / 60 })
  } catch (error) {
    await db.delete(phoneCodes).where(is(right))
    throw error
  }
  return {
    phone: maskPhone(phone),
    expiresInSeconds: CODE_TTL_SECONDS,
    resendAfterSeconds: RESEND_SECONDS,
    ...(sms.showCodes && { demoCode: code }),
  }
}

async function keep(
  deps: CodesDeps,
  rates: CodeRates,
  tx: Db,
  right: RightCode,
  subject: CodeSubject,
  address: string,
) {
  const { phoneIndex, codeHash } = right
  const { userId } = subject
  const at = deps.now()
  const from = deps.phones.hashAddress(address)
  await countAgainst(
    tx,
    [
      { key: `code phone ${phoneIndex}`, max: 1, seconds: RESEND_SECONDS },
      { key: `code phone day ${phoneIndex}`, max: rates.perPhonePerDay, seconds: DAY_SECONDS },
      ...(userId ? [{ key: `code user ${userId}`, max: PER_USER_PER_DAY, seconds: DAY_SECONDS }] : []),
      { key: `code address ${from}`, max: rates.perAddressPerHour, seconds: HOUR_SECONDS },
    ],
    at,
  )
  await countServer(deps, tx, rates.perHour, at)
  const fresh = { codeHash, attempts: 0, expiresAt: at + CODE_TTL_SECONDS * 1000 }
  await tx
    .insert(phoneCodes)
    .values({ phoneIndex, purpose: right.purpose, ...fresh })
    .onConflictDoUpdate({ target: [phoneCodes.phoneIndex, phoneCodes.purpose], set: fresh })
}

async function countServer({ log }: CodesDeps, tx: Db, max: number, at: number): Promise<void> {
  try {
    await countAgainst(tx, [{ key: 'code server', max, seconds: HOUR_SECONDS }], at)
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause
    log?.error({ max }, 'no more codes are sent this hour: SMS_CODES_PER_HOUR is used up')
    throw new AppError('unavailable', 'too many codes have been sent this hour', { cause })
  }
}

async function checkCaptcha({ sms }: CodesDeps, token: string | undefined, address: string): Promise<void> {
  if (!sms?.captcha) return
  if (!token || !(await sms.captcha.verify(token, address)))
    throw new AppError('captcha_failed', 'the captcha was not solved')
}

async function check(deps: CodesDeps, subject: CodeSubject, code: string): Promise<RightCode> {
  const { db, phones, now } = deps
  const { purpose } = subject
  const phoneIndex = phones.indexOf(subject.phone)
  // Counted before it is compared: of many guesses at the same time no more than the last five are looked at.
  const [tried] = await db
    .update(phoneCodes)
    .set({ attempts: sql`${phoneCodes.attempts} + 1` })
    .where(
      and(
        eq(phoneCodes.phoneIndex, phoneIndex),
        eq(phoneCodes.purpose, purpose),
        lt(phoneCodes.attempts, ATTEMPTS),
        gt(phoneCodes.expiresAt, now()),
      ),
    )
    .returning({ codeHash: phoneCodes.codeHash })
  const codeHash = hashOf(deps, subject, code)
  if (!tried || !timingSafeEqual(Buffer.from(tried.codeHash), Buffer.from(codeHash))) throw wrongCode()
  return { phoneIndex, purpose, codeHash }
}

/** Uses the code up with whatever else the transaction does; throws `wrong_code` where it was used meanwhile. */
async function spend(tx: Db, right: RightCode): Promise<void> {
  const [spent] = await tx.delete(phoneCodes).where(is(right)).returning({ purpose: phoneCodes.purpose })
  if (!spent) throw wrongCode()
}

const is = ({ phoneIndex, purpose, codeHash }: RightCode) =>
  and(eq(phoneCodes.phoneIndex, phoneIndex), eq(phoneCodes.purpose, purpose), eq(phoneCodes.codeHash, codeHash))

const hashOf = ({ phones }: CodesDeps, { phone, purpose, userId = '' }: CodeSubject, code: string) =>
  phones.hashCode([purpose, phone, userId, code])

const wrongCode = () => new AppError('wrong_code', 'the code is wrong, used or too old')

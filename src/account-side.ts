/** Accounts, put together with the ways in that the settings name. */
import type { Logger } from 'pino'
import type { Settings } from '../config/settings.ts'
import type { Db } from '../db/client.ts'
import type { Bus } from '../signaling/ports.ts'
import { createAliyunSms } from './adapters/aliyun-sms.ts'
import { createConsoleSms } from './adapters/console-sms.ts'
import { createSiteverifyCaptcha } from './adapters/siteverify-captcha.ts'
import { createWechatOAuth } from './adapters/wechat-oauth.ts'
import { auditPersonalData } from './audit/personal-data.ts'
import { classPersonalData, coursesPersonalData } from './courses/personal-data.ts'
import { rightsPersonalData } from './entitlements/personal-data.ts'
import { filesPersonalData } from './files/personal-data.ts'
import type { Files } from './files/service.ts'
import type { Jobs } from './jobs/jobs.ts'
import { ordersPersonalData } from './orders/personal-data.ts'
import { streamingPersonalData } from './streaming/personal-data.ts'
import type { SmsSetup } from './users/codes.ts'
import type { DataKeys } from './users/phones.ts'
import { createUsers, type Users } from './users/service.ts'

type AccountSideDeps = {
  settings: Settings
  db: Db
  bus: Bus
  jobs: Jobs
  secret: Uint8Array
  now: () => number
  log: Logger
}

export async function openAccountSide({ settings, jobs, ...shared }: AccountSideDeps) {
  const { captcha, wechat, publicUrl } = settings
  const users = createUsers({
    ...shared,
    dataKeys: dataKeysOf(settings, shared.secret),
    sms: smsOf(settings, shared.log),
    deletionDays: settings.accountDeletionDays,
    wechat: { provider: createWechatOAuth(wechat, shared.log), publicUrl },
    captchaPage: captcha && { siteKey: captcha.siteKey, scriptUrl: captcha.scriptUrl },
  })
  const rekeyed = await users.rekeyPhones()
  if (rekeyed > 0) shared.log.info({ phones: rekeyed }, 'phone numbers are encrypted with the new data key')
  await users.work(jobs)
  return users
}

/** Each feature says what it holds of a person. */
export function addPersonalData({ personalData }: Pick<Users, 'personalData'>, db: Db, files: Files): void {
  personalData.push(
    coursesPersonalData(db),
    classPersonalData(db),
    filesPersonalData(db, files),
    rightsPersonalData(db),
    ordersPersonalData(db),
    streamingPersonalData(db),
    auditPersonalData(db),
  )
}

function dataKeysOf({ dataKey, dataKeyPrevious }: Settings, secret: Uint8Array): DataKeys {
  const bytes = (text: string) => new TextEncoder().encode(text)
  return { current: dataKey ? bytes(dataKey) : secret, previous: dataKeyPrevious ? bytes(dataKeyPrevious) : undefined }
}

function smsOf(settings: Settings, log: Logger): SmsSetup | undefined {
  const { sms, captcha, demo } = settings
  if (sms.kind === 'none') return undefined
  return {
    sender: sms.kind === 'aliyun' ? createAliyunSms(sms, log) : createConsoleSms(log),
    countryCodes: settings.smsCountryCodes,
    rates: {
      perPhonePerDay: settings.smsCodesPerPhonePerDay,
      perAddressPerHour: settings.smsCodesPerAddressPerHour,
      perHour: settings.smsCodesPerHour,
    },
    captcha: captcha && createSiteverifyCaptcha(captcha, log),
    showCodes: demo && sms.kind === 'console',
  }
}

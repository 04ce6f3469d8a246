/** Messages to phones that go no farther than the log: for development and the demo, where nobody has the phone. */
import { maskPhone } from '../users/phones.ts'
import type { SmsSender } from '../users/sms.ts'

type Log = { info(details: object, message: string): void }

export const createConsoleSms = (log: Log): SmsSender => ({
  async sendCode({ phone, code }) {
    log.info({ phone: maskPhone(phone), code }, 'a code for a phone')
  },
})

/** What all of the accounts' parts work with. */
import type { Db } from '../../db/client.ts'
import type { Bus } from '../../signaling/ports.ts'
import type { Codes } from './codes.ts'
import type { Passwords } from './passwords.ts'
import type { Phones } from './phones.ts'
import type { Sessions } from './sessions.ts'

export type Parts = {
  db: Db
  bus: Bus
  now: () => number
  passwords: Passwords
  sessions: Sessions
  phones: Phones
  codes: Codes
}

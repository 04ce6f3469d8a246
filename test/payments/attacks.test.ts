/** Every attack and fault that is written down for payments, each by its number, with the real client libraries against the sandbox. */
import t, { type Test } from 'tap'
import type { Db } from '../../db/client.ts'
import { openTestDatabase } from '../support/database.ts'
import { startPostgres } from '../support/postgres.ts'
import { openSandbox } from '../support/sandbox.ts'
import { openTill } from '../support/till.ts'
import { clients } from './attacks/clients.ts'
import { forgeries } from './attacks/forgeries.ts'
import { providerTrouble } from './attacks/provider-trouble.ts'
import { races } from './attacks/races.ts'
import { createScene } from './attacks/scene.ts'
import { wrongMoney } from './attacks/wrong-money.ts'

const sandbox = await openSandbox(t)

async function attacks(t: Test, db: Db) {
  const scene = createScene(await openTill(t, db, sandbox))
  for (const [name, suite] of Object.entries({ forgeries, wrongMoney, races, clients, providerTrouble }))
    await t.test(name, async (t) => suite(t, scene))
}

t.test('PGlite', async (t) => attacks(t, await openTestDatabase(t)))
t.test('PostgreSQL', async (t) => attacks(t, await openTestDatabase(t, await startPostgres(t))))

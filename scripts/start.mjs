/** `npm start`: sets the machine up where something is missing, then runs the server, with its demo unless DEMO says otherwise. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runNode } from './child.mjs'
import { main, ROOT, setUp } from './setup.mjs'

await main(async () => {
  const settings = join(ROOT, '.env')
  if (existsSync(settings)) process.loadEnvFile(settings)
  // A real database or secret says that this is no demo: known passwords have no place there.
  const { DATABASE_URL, SECRET } = process.env
  process.env.DEMO ||= DATABASE_URL || SECRET ? 'false' : 'true'
  await setUp('start')
  return runNode(['src/main.ts'])
})

/** `npm run doctor`: installs what the server needs, then looks whether it can serve here; `--json` for programs. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runNode } from './child.mjs'
import { main, ROOT, setUp } from './setup.mjs'

await main(async () => {
  const settings = join(ROOT, '.env')
  if (existsSync(settings)) process.loadEnvFile(settings)
  const { DATABASE_URL, SECRET } = process.env
  process.env.DEMO ||= DATABASE_URL || SECRET ? 'false' : 'true'
  if (process.argv.includes('--json')) console.log = console.error
  await setUp('image')
  return runNode(['src/doctor/main.ts', ...process.argv.slice(2)])
})

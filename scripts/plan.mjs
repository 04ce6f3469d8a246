/** `npm run plan -- --seats 200 --viewers 5000 …`: what an audience needs; `--measure` measures this machine first. */
import { runNode } from './child.mjs'
import { main, setUp } from './setup.mjs'

await main(async () => {
  if (process.argv.includes('--json')) console.log = console.error
  await setUp(process.argv.includes('--measure') ? 'test' : 'image')
  return runNode(['bench/plan.ts', ...process.argv.slice(2)])
})

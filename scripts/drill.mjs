/** `npm run drill`: sets up what the drills need, then runs them; arguments are theirs: `npm run drill -- node-kill --json`. */
import { runNode } from './child.mjs'
import { main, setUp } from './setup.mjs'

await main(async () => {
  // Standard output belongs to the figures.
  if (process.argv.includes('--json')) console.log = console.error
  await setUp('test')
  return runNode(['bench/drills/run.ts', ...process.argv.slice(2)])
})

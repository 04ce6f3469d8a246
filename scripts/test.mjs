/** `npm test`: sets up what the tests need, then runs tap; arguments are tap's: `npm test -- test/signaling`. */
import { runNode } from './child.mjs'
import { main, setUp } from './setup.mjs'

await main(async () => {
  await setUp('test')
  return runNode(['node_modules/tap/dist/esm/run.mjs', 'run', ...process.argv.slice(2)])
})

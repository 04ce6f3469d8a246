/** The payment sandbox as a process: says on one line of JSON where it is, and ends with the process that started it. */
import { readOptions } from './options.ts'
import { openSandbox } from './sandbox.ts'

const { address, close } = await openSandbox(readOptions(process.env))

let closing = false
async function end(): Promise<void> {
  if (closing) return
  closing = true
  await close()
  process.exit(0)
}
// A terminal's Ctrl-C reaches every process; one with a parent ends when that says so.
process.on('SIGINT', () => process.channel ?? end())
process.on('SIGTERM', end)
process.on('disconnect', end)

console.log(JSON.stringify({ url: address.url, controlUrl: address.controlUrl }))

/** All that a fresh machine needs, installed once: `node scripts/setup.mjs [start | test | image]`. Quick the second time. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { DEMO_PACKAGES, debianStep, TEST_PACKAGES } from './debian.mjs'
import { nodeStep, packagesStep } from './packages.mjs'
import { pageStep } from './page.mjs'
import { SetupError, seconds, step, stopOnSignals } from './progress.mjs'
import { workerStep } from './worker.mjs'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const LOCK = join(ROOT, '.cache/setup.lock')

/**
 * `start`: what the server needs and, unless DEMO is false, its demo. `test`: also what the tests run against. `image`:
 * the media worker and the web client alone.
 */
export async function setUp(purpose) {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new SetupError(`Node 20 or newer is needed; this is ${process.version} (${process.execPath})`)
  const demo = purpose === 'start' && process.env.DEMO !== 'false'
  const steps = [
    packagesStep(ROOT),
    nodeStep(ROOT),
    ...(purpose === 'test' ? [debianStep(TEST_PACKAGES, { optional: false })] : []),
    ...(demo ? [debianStep(DEMO_PACKAGES, { optional: true })] : []),
    workerStep(ROOT),
    pageStep(ROOT),
  ]
  const startedAt = performance.now()
  const todo = steps.filter((each) => each.needed())
  if (todo.length > 0) await takeSteps(steps)
  for (const each of todo) each.after?.()
  if (todo.length > 0) console.log(`Set up in ${seconds(performance.now() - startedAt)}`)
}

async function takeSteps(steps) {
  const letSignalsBe = stopOnSignals()
  await lock()
  process.on('exit', unlock)
  try {
    for (const each of steps) if (each.needed()) await step(each.name, each.run)
  } finally {
    unlock()
    process.off('exit', unlock)
    letSignalsBe()
  }
}

/** One set-up at a time in this folder; a lock whose process is gone does not count. */
async function lock() {
  mkdirSync(dirname(LOCK), { recursive: true })
  for (let told = false; ; ) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = lockHolder()
    if (holder === undefined || !isAlive(holder)) {
      rmSync(LOCK, { force: true })
      continue
    }
    if (!told) console.log(`Another set-up is running here (process ${holder}): waiting for it`)
    told = true
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

const unlock = () => rmSync(LOCK, { force: true })

function lockHolder() {
  try {
    return Number(readFileSync(LOCK, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Runs a whole script; trouble that the reader can mend is told without a stack. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0
  } catch (error) {
    console.error(`\n${error instanceof SetupError ? error.message : error.stack}`)
    process.exitCode = 1
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(() => setUp(process.argv[2] ?? 'start'))

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'

const child = new URL('../../scripts/child.mjs', import.meta.url).href

/** A script that hands over to `program`, as `npm start` does to the server. */
function start(program: string, { shell = false } = {}) {
  const script = `process.exitCode = await (await import(${JSON.stringify(child)})).runNode(['-e', ${JSON.stringify(program)}])`
  const node = '"$NODE" --input-type=module -e "$SCRIPT"'
  const process_ = spawn('sh', ['-c', shell ? `${node}; exit $?` : `exec ${node}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE: process.execPath, SCRIPT: script, npm_lifecycle_event: 'start' },
  })
  let said = ''
  process_.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const says = async (word: string) => {
    while (!said.includes(word)) await once(process_.stdout, 'data')
    return said
  }
  return { process: process_, says, said: () => said }
}

const codeOf = async (started: ChildProcess) => (await once(started, 'close'))[0]

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function isGone(pid: number) {
  for (let tries = 0; isAlive(pid) && tries < 100; tries++) await pause(50)
  return !isAlive(pid)
}

t.test('the exit code of the child is passed on', async (t) => {
  t.equal(await codeOf(start('process.exit(7)').process), 7)
  t.equal(await codeOf(start('process.kill(process.pid, "SIGKILL")').process), 137)
})

t.test('a Ctrl-C that comes twice, from the terminal and from npm, reaches the child once', async (t) => {
  const program = `
    let count = 0
    process.on('SIGINT', () => { count++; setTimeout(() => { console.log('signals', count); process.exit(3) }, 300) })
    setInterval(() => {}, 1000)
    console.log('ready')`
  const started = start(program)
  await started.says('ready')
  started.process.kill('SIGINT')
  await pause(50)
  started.process.kill('SIGINT')
  t.equal(await codeOf(started.process), 3)
  t.match(started.said(), /signals 1\n$/)
})

const WITH_GRANDCHILD = `
  const sleeper = require('node:child_process').spawn('sleep', ['60'], { stdio: 'ignore' })
  console.log('pids', process.pid, sleeper.pid, '.')`

const pidsIn = (text: string) => /pids (\d+) (\d+)/.exec(text)!.slice(1).map(Number) as [number, number]

t.test('what the child leaves behind ends with it', async (t) => {
  const started = start(`${WITH_GRANDCHILD}; sleeper.unref()`)
  const [, sleeper] = pidsIn(await started.says('.'))
  t.equal(await codeOf(started.process), 0)
  t.ok(await isGone(sleeper))
})

t.test('the child stops when its script is killed', async (t) => {
  const started = start(`${WITH_GRANDCHILD}; process.on('SIGTERM', () => { sleeper.kill(); process.exit() })`)
  const [pid, sleeper] = pidsIn(await started.says('.'))
  started.process.kill('SIGKILL')
  t.ok(await isGone(pid), 'the child')
  t.ok(await isGone(sleeper), 'what it started')
})

t.test('the child stops when the shell that npm runs the script in is gone', async (t) => {
  const started = start(`${WITH_GRANDCHILD}; process.on('SIGTERM', () => process.exit())`, { shell: true })
  const [pid, sleeper] = pidsIn(await started.says('.'))
  started.process.kill('SIGTERM')
  t.ok(await isGone(pid), 'the child')
  t.ok(await isGone(sleeper), 'what it started')
})

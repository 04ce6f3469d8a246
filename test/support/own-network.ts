/** Runs a test file in a network of its own, whose ports can be shut without anybody else noticing. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

/** About a third of a second of a narrow way. */
const QUEUE_BYTES = 4000
const INSIDE = 'TEST_HAS_OWN_NETWORK'
const asRoot = process.getuid?.() === 0
const unshare = asRoot ? ['--net'] : ['--user', '--map-root-user', '--net']

/**
 * True inside; outside, runs the file again inside, as this process' own output, and is false when that is over. Throws
 * where the machine does not allow it.
 */
export async function inOwnNetwork(file: string): Promise<boolean> {
  if (process.env[INSIDE]) {
    ip('link', 'set', 'lo', 'up')
    // A browser finds no way over a machine that has no network but itself.
    ip('link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far')
    for (const end of ['near', 'far']) ip('link', 'set', end, 'up')
    ip('addr', 'add', '192.0.2.2/24', 'dev', 'near')
    ip('route', 'add', 'default', 'via', '192.0.2.1', 'dev', 'near')
    // Rules for single ports have to be asked before the one that knows all local addresses.
    ip('rule', 'add', 'pref', '5', 'lookup', 'local')
    ip('rule', 'del', 'pref', '0', 'lookup', 'local')
    return true
  }
  const { status, stderr } = spawnSync('unshare', [...unshare, 'true'])
  if (status !== 0) throw new Error(`no network of its own: ${stderr}`)
  const inside = spawn('unshare', [...unshare, process.execPath, ...process.execArgv, file], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: 'yes' },
  })
  const [code] = await once(inside, 'exit')
  process.exitCode = code ?? 1
  return false
}

/** Nothing gets to this port or from it any more, over UDP and TCP, but what goes between it and `exceptPort`. */
export function shutPort(port: number, exceptPort: number): void {
  eachRule('add', port, exceptPort)
}

export function openPort(port: number, exceptPort: number): void {
  eachRule('del', port, exceptPort)
}

function eachRule(action: 'add' | 'del', port: number, exceptPort: number): void {
  const rule = (pref: string, ...words: string[]) => ip('rule', action, 'pref', pref, ...words)
  const [shut, except] = [String(port), String(exceptPort)]
  for (const protocol of ['udp', 'tcp'])
    for (const [from, to] of [
      [shut, except],
      [except, shut],
    ])
      rule('0', 'ipproto', protocol, 'sport', from!, 'dport', to!, 'lookup', 'local')
  for (const protocol of ['udp', 'tcp'])
    for (const end of ['sport', 'dport']) rule('1', 'ipproto', protocol, end, shut, 'blackhole')
}

/**
 * All that comes from this port, but what goes to `exceptPort`, shares so many kilobits a second from now on, and what
 * does not fit into a short queue is lost.
 */
export function narrow(port: number, exceptPort: number, kilobits: number): void {
  tc('qdisc', 'replace', 'dev', 'lo', 'root', 'handle', '1:', 'htb', 'default', '1')
  tc('class', 'add', 'dev', 'lo', 'parent', '1:', 'classid', '1:1', 'htb', 'rate', '10gbit', 'quantum', '60000')
  tc('class', 'add', 'dev', 'lo', 'parent', '1:', 'classid', '1:2', 'htb', 'rate', `${kilobits}kbit`, 'quantum', '1500')
  tc('qdisc', 'add', 'dev', 'lo', 'parent', '1:2', 'bfifo', 'limit', String(QUEUE_BYTES))
  const from = ['match', 'ip', 'sport', String(port), '0xffff']
  const filter = (prio: string, ...words: string[]) =>
    tc('filter', 'add', 'dev', 'lo', 'parent', '1:', 'protocol', 'ip', 'prio', prio, 'u32', ...words)
  filter('1', ...from, 'match', 'ip', 'dport', String(exceptPort), '0xffff', 'flowid', '1:1')
  filter('2', ...from, 'flowid', '1:2')
}

export function widen(): void {
  tc('qdisc', 'del', 'dev', 'lo', 'root')
}

const tc = (...words: string[]) => execFileSync('tc', words, { stdio: ['ignore', 'ignore', 'pipe'] })
const ip = (...words: string[]) => execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] })

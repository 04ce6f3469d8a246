/** Every setting of the server: its name, its meaning, its default. `config/.env.example` says the same in prose. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type AccountSettings, accountSecrets, readAccounts } from './accounts.ts'
import { fail, flag, integer, longSecret, oneOf, origin, type Read, url } from './parse.ts'
import { type PaymentSettings, paymentSecrets, readPayments } from './payments.ts'

export type IceServerSetting = { urls: string | string[]; username?: string; credential?: string }

/** Where uploaded files and the videos made of them are. */
export type StorageSetting =
  | { kind: 'disk'; folder: string }
  | {
      kind: 's3'
      endpoint: string
      region: string
      bucket: string
      /** In front of every key; empty for none. */
      prefix: string
      pathStyle: boolean
      accessKeyId: string
      secretAccessKey: string
    }

export type Settings = AccountSettings &
  PaymentSettings & {
    host: string
    port: number
    publicUrl: string
    /** Where players fetch films and classes: a CDN; undefined: from where the page is. */
    mediaUrl: string | undefined
    trustProxy: boolean
    dataDir: string
    databaseUrl: string
    busUrl: string
    /** Where other nodes reach this one; undefined: it is the only one, or a proxy keeps each lesson at one node. */
    nodeUrl: string | undefined
    /** How long a node that is told to stop may take to hand its rooms over. */
    drainSeconds: number
    storage: StorageSetting
    /** Signs tokens and tickets. Undefined in the demo: one is made and kept in the data folder. */
    secret: string | undefined
    demo: boolean
    logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
    /** Media workers; `auto` leaves room for Node and the kernel. */
    workers: 'auto' | number
    consumersPerWorker: number
    /** UDP and TCP port of the first worker; the others follow. */
    rtcPort: number
    rtcListenAddress: string
    /** The address that browsers reach the workers at; undefined: each of this machine's own. */
    rtcAnnouncedAddress: string | undefined
    iceServers: IceServerSetting[]
    /** A TURN server, and the secret that it shares with this one. */
    turn: { urls: string[]; secret: string } | undefined
    /** Encoders come in by RTMP here; undefined: they do not. */
    rtmpPort: number | undefined
    ticketTtlSeconds: number
    resumeGraceSeconds: number
    lobbyOpensMinutes: number
    pauseLimitMinutes: number
    roomSeats: number
    /** How long an order can be paid. */
    orderTtlMinutes: number
    /** A refund above this many fen needs a second operator. */
    refundSecondPersonFen: number
    /** The largest film that may be uploaded. */
    videoMaxMb: number
    /** Broadcasts classes over HLS, too, and keeps their segments in the storage. */
    broadcast: boolean
    /** What Prometheus shows to read the figures of this node; undefined: nobody can. */
    metricsToken: string | undefined
    /** Refused in every room. */
    bannedWords: string[]
    /** The outside service that judges what students write, and what its requests are signed with. */
    moderator: { url: string; secret: string } | undefined
    /** What all recordings of classes may take; undefined: as much as there is. */
    broadcastLimitGb: number | undefined
    /** Left free on the disk of the storage: recordings make room for it. */
    broadcastKeepFreeGb: number
    /** How long the replay of a class is kept; 0: there are none. */
    replayKeepDays: 'always' | number
  }

/** All that is wrong with the environment, one line per setting. */
export class SettingsError extends Error {
  readonly problems: string[]

  constructor(problems: string[]) {
    super(
      `the settings have ${problems.length} mistake${problems.length === 1 ? '' : 's'}:\n  ${problems.join('\n  ')}`,
    )
    this.name = 'SettingsError'
    this.problems = problems
  }
}

/** Their values are never repeated in a report. */
const HOLD_SECRETS = new Set([
  'SECRET',
  'DATABASE_URL',
  'BUS_URL',
  'STORAGE_URL',
  'ICE_SERVERS',
  'TURN_SECRET',
  'MODERATOR_SECRET',
  ...accountSecrets,
  ...paymentSecrets,
])

type Environment = Record<string, string | undefined>

/** Reads every setting, and throws one `SettingsError` that names all mistakes. */
export function loadSettings(env: Environment): Settings {
  const problems: string[] = []
  const read: Read = (name, fallback, parse) => {
    const text = env[name]?.trim()
    if (!text) return fallback
    try {
      return parse(text)
    } catch (error) {
      const given = HOLD_SECRETS.has(name) ? '' : `, but it is ${JSON.stringify(text)}`
      problems.push(`${name}: ${(error as Error).message}${given}`)
      return fallback
    }
  }

  const demo = read('DEMO', false, flag)
  const host = read('HOST', '0.0.0.0', String)
  const port = read('PORT', 3000, integer(1, 65535))
  const dataDir = resolve(read('DATA_DIR', 'data', String))
  const secret = read<string | undefined>('SECRET', undefined, longSecret)
  if (!demo && secret === undefined && !problems.some((problem) => problem.startsWith('SECRET:')))
    problems.push('SECRET: must be set outside the demo, for example to the output of: openssl rand -hex 32')

  const production = read('NODE_ENV', '', String) === 'production'
  const settings: Settings = {
    host,
    port,
    publicUrl: read('PUBLIC_URL', `http://localhost:${port}`, url('http:', 'https:')),
    mediaUrl: read<string | undefined>('MEDIA_URL', undefined, origin),
    trustProxy: read('TRUST_PROXY', false, flag),
    dataDir,
    databaseUrl: read('DATABASE_URL', `pglite:${resolve(dataDir, 'database')}`, databaseUrl),
    busUrl: read('BUS_URL', 'memory:', url('memory:', 'redis:', 'rediss:')),
    nodeUrl: read<string | undefined>('NODE_URL', undefined, nodeAddress),
    drainSeconds: read('DRAIN_SECONDS', 15, integer(1, 3600)),
    storage: read('STORAGE_URL', { kind: 'disk', folder: resolve(dataDir, 'files') }, storage),
    secret,
    demo,
    logLevel: read('LOG_LEVEL', 'info', oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')),
    workers: read<'auto' | number>('WORKERS', 'auto', (text) => (text === 'auto' ? text : integer(1, 128)(text))),
    metricsToken: read<string | undefined>('METRICS_TOKEN', undefined, longSecret),
    consumersPerWorker: read('CONSUMERS_PER_WORKER', 500, integer(2, 10_000)),
    rtcPort: read('RTC_PORT', 40000, integer(1, 65535)),
    rtcListenAddress: read('RTC_LISTEN_ADDRESS', '0.0.0.0', String),
    rtcAnnouncedAddress: read<string | undefined>('RTC_ANNOUNCED_ADDRESS', undefined, (text) =>
      ['0.0.0.0', '::'].includes(text) ? fail('must be an address or a host name that browsers can reach') : text,
    ),
    iceServers: read<IceServerSetting[]>('ICE_SERVERS', [], iceServers),
    turn: readTurn(read, problems),
    rtmpPort: read<number | undefined>('RTMP_PORT', undefined, integer(1, 65535)),
    ticketTtlSeconds: read('TICKET_TTL_SECONDS', 60, integer(5, 600)),
    resumeGraceSeconds: read('RESUME_GRACE_SECONDS', 20, integer(0, 600)),
    lobbyOpensMinutes: read('LOBBY_OPENS_MINUTES', 15, integer(0, 24 * 60)),
    pauseLimitMinutes: read('PAUSE_LIMIT_MINUTES', 30, integer(1, 24 * 60)),
    roomSeats: read('ROOM_SEATS', 500, integer(1, 20000)),
    orderTtlMinutes: read('ORDER_TTL_MINUTES', 30, integer(5, 24 * 60)),
    refundSecondPersonFen: read('REFUND_SECOND_PERSON_FEN', 50_000, integer(0, 999_999_999)),
    ...readAccounts({ read, problems, demo }),
    ...readPayments({ read, problems, earnest: production && !demo }),
    videoMaxMb: read('VIDEO_MAX_MB', 8192, integer(1, 1_000_000)),
    bannedWords: read('BANNED_WORDS_FILE', [], wordsIn),
    moderator: readModerator(read, problems),
    broadcast: read('BROADCAST', true, flag),
    broadcastLimitGb: read<number | undefined>('BROADCAST_LIMIT_GB', undefined, integer(1, 1_000_000)),
    broadcastKeepFreeGb: read('BROADCAST_KEEP_FREE_GB', 2, integer(0, 100_000)),
    replayKeepDays: read<'always' | number>('REPLAY_KEEP_DAYS', 'always', (text) =>
      text === 'always' ? text : integer(0, 36_500)(text),
    ),
  }
  if (settings.workers !== 'auto' && settings.rtcPort + settings.workers - 1 > 65535)
    problems.push(`RTC_PORT: leaves no ports for ${settings.workers} workers, but it is "${settings.rtcPort}"`)
  if (settings.nodeUrl && settings.busUrl.startsWith('memory:'))
    problems.push('NODE_URL: needs BUS_URL to name a Redis, where nodes find each other')
  if (problems.length > 0) throw new SettingsError(problems)
  return settings
}

/** One word a line; empty lines and those that begin with # are none. */
function wordsIn(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split(/\r?\n/)
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
}

function readTurn(read: Read, problems: string[]) {
  const urls = read<string[]>('TURN_URLS', [], (text) => text.split(',').map((each) => turnUrl(each.trim())))
  const secret = read<string | undefined>('TURN_SECRET', undefined, longSecret)
  if (urls.length > 0 && secret) return { urls, secret }
  if (urls.length > 0 || secret) problems.push('TURN_URLS and TURN_SECRET: need each other')
  return undefined
}

const turnUrl = (text: string) =>
  /^turns?:[^\s?]+(\?transport=(udp|tcp))?$/.test(text)
    ? text
    : fail('must be like turns:turn.example.com:443?transport=tcp, with commas between')

function readModerator(read: Read, problems: string[]) {
  const address = read<string | undefined>('MODERATOR_URL', undefined, url('http:', 'https:'))
  const secret = read<string | undefined>('MODERATOR_SECRET', undefined, longSecret)
  if (address && secret) return { url: address, secret }
  if (address || secret) problems.push('MODERATOR_URL and MODERATOR_SECRET: need each other')
  return undefined
}

function nodeAddress(text: string): string {
  const { origin, pathname, search } = new URL(url('http:', 'https:')(text))
  return pathname === '/' && search === '' ? origin : fail('must be like http://10.0.0.5:3000, without a path')
}

const databaseUrl = (text: string) => {
  url('pglite:', 'postgres:', 'postgresql:')(text)
  const folder = text.startsWith('pglite:') ? text.slice('pglite:'.length) : ''
  return folder && !folder.startsWith('?') ? `pglite:${resolve(folder)}` : text
}

function storage(text: string): StorageSetting {
  if (text.startsWith('file:') && text.length > 'file:'.length)
    return { kind: 'disk', folder: resolve(text.slice('file:'.length)) }
  const rule =
    'must be file:FOLDER, or like s3://KEY:SECRET@HOST/BUCKET/PREFIX?region=us-east-1&tls=true&path-style=true'
  const found =
    /^s3:\/\/([^:@/]+):([^@/]+)@([^/?]+)\/([a-z0-9][a-z0-9.-]+)((?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*)\/?(?:\?(.*))?$/.exec(
      text,
    )
  if (!found) return fail(rule)
  const [, key = '', secret = '', host, bucket = '', prefix = '', query = ''] = found
  const {
    region = 'us-east-1',
    tls = 'true',
    'path-style': pathStyle = 'true',
    ...unknown
  } = Object.fromEntries(new URLSearchParams(query))
  const endpoint = `${flag(tls) ? 'https' : 'http'}://${host}`
  if (Object.keys(unknown).length > 0 || !/^[a-z0-9-]+$/.test(region) || !URL.canParse(endpoint)) return fail(rule)
  return {
    kind: 's3',
    endpoint,
    region,
    bucket,
    prefix: prefix.slice(1),
    pathStyle: flag(pathStyle),
    accessKeyId: decodeURIComponent(key),
    secretAccessKey: decodeURIComponent(secret),
  }
}

function iceServers(text: string): IceServerSetting[] {
  const rule = 'must be a JSON list like [{"urls":"turn:turn.example.com","username":"u","credential":"c"}]'
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch {
    return fail(rule)
  }
  const sound = (entry: unknown) => {
    const { urls } = (entry ?? {}) as { urls?: unknown }
    const addresses = [urls].flat()
    return (
      addresses.length > 0 &&
      addresses.every((address) => typeof address === 'string' && /^(stun|turn)s?:/.test(address))
    )
  }
  return Array.isArray(list) && list.every(sound) ? (list as IceServerSetting[]) : fail(rule)
}

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'

const root = resolve(import.meta.dirname, '..')

type Rule = { imports: string[]; types?: string[] }

/**
 * Who may import whom. The longest matching prefix is a file's layer, and a layer may always import itself; what stands
 * under `types` may be imported as types only.
 */
const layers: Record<string, Rule> = {
  config: { imports: [] },
  db: { imports: [] },
  /** A stranger, as the real providers are: nothing of the server is in it, and it is in nothing of the server. */
  sandbox: { imports: [] },
  'signaling/protocol': { imports: [] },
  'signaling/ticket.ts': { imports: ['signaling/protocol'] },
  'signaling/ports.ts': { imports: [], types: ['signaling/protocol'] },
  'signaling/token-bucket.ts': { imports: [] },
  'sfu/hls/storage-keys.ts': { imports: [] },
  'sfu/hls/boxes.ts': { imports: [] },
  signaling: {
    imports: ['signaling/protocol', 'signaling/ticket.ts', 'signaling/ports.ts', 'signaling/token-bucket.ts'],
  },
  sfu: {
    imports: ['signaling/protocol', 'sfu/hls/storage-keys.ts', 'sfu/hls/boxes.ts'],
    types: ['signaling/ports.ts'],
  },
  'src/http': { imports: ['signaling/protocol', 'signaling/ticket.ts'], types: ['signaling/ports.ts', 'src/users'] },
  'src/audit': { imports: ['db', 'signaling/protocol', 'src/http'] },
  'src/jobs': { imports: [], types: ['db'] },
  'src/users': {
    imports: ['db', 'signaling/protocol', 'src/http', 'src/audit'],
    types: ['signaling/ports.ts', 'src/jobs'],
  },
  'src/files': {
    imports: ['db', 'signaling/protocol', 'src/http', 'src/audit', 'src/users'],
    types: ['signaling/ports.ts', 'src/jobs'],
  },
  'src/courses': {
    imports: ['db', 'signaling/protocol', 'src/http', 'src/audit', 'src/users', 'src/files'],
    types: ['signaling/ports.ts', 'src/jobs'],
  },
  'src/entitlements': {
    imports: [
      'db',
      'signaling/protocol',
      'signaling/ticket.ts',
      'src/http',
      'src/audit',
      'src/users',
      'src/files',
      'src/courses',
    ],
    types: ['signaling/ports.ts', 'src/jobs'],
  },
  'src/playback': {
    imports: [
      'db',
      'signaling/protocol',
      'signaling/token-bucket.ts',
      'sfu/hls/storage-keys.ts',
      'sfu/hls/boxes.ts',
      'src/http',
      'src/audit',
      'src/audit',
      'src/users',
      'src/files',
      'src/courses',
      'src/entitlements',
    ],
    types: ['signaling/ports.ts', 'src/jobs', 'sfu/hls/ports.ts'],
  },
  'src/streaming': {
    imports: ['db', 'signaling/protocol', 'src/http', 'src/users', 'src/courses', 'src/entitlements'],
    types: ['signaling/ports.ts'],
  },
  'src/capacity/plan.ts': { imports: [] },
  'src/rtp-sender.ts': { imports: [] },
  'src/capacity': { imports: ['db', 'signaling/protocol', 'src/http', 'src/audit'] },
  'src/insights': {
    imports: ['db', 'signaling/protocol', 'src/http', 'src/users', 'src/courses'],
  },
  'src/payments': {
    imports: ['db', 'signaling/protocol', 'src/http', 'src/audit', 'src/users', 'src/courses', 'src/entitlements'],
    types: ['signaling/ports.ts', 'src/jobs'],
  },
  'src/orders': {
    imports: [
      'db',
      'signaling/protocol',
      'src/http',
      'src/audit',
      'src/users',
      'src/courses',
      'src/entitlements',
      'src/payments',
    ],
    types: ['signaling/ports.ts', 'src/jobs'],
  },
  'src/adapters': {
    imports: [
      'db',
      'signaling/protocol',
      'signaling/ports.ts',
      'src/files/storage.ts',
      'src/rtp-sender.ts',
      'src/users/phones.ts',
      'src/payments/provider.ts',
      'src/payments/money.ts',
    ],
    types: ['sfu/hls/ports.ts', 'src/jobs', 'src/payments', 'src/users', 'src/streaming'],
  },
  'src/demo': {
    imports: ['signaling/protocol', 'src/rtp-sender.ts', 'src/users', 'src/courses', 'src/entitlements', 'sfu'],
    types: ['db', 'src/files'],
  },
  src: {
    imports: [
      'config',
      'db',
      'sfu',
      'signaling',
      'signaling/protocol',
      'signaling/ticket.ts',
      'signaling/ports.ts',
      'src/http',
      'src/audit',
      'src/jobs',
      'src/users',
      'src/files',
      'src/courses',
      'src/entitlements',
      'src/playback',
      'src/capacity',
      'src/capacity/plan.ts',
      'src/insights',
      'src/streaming',
      'src/payments',
      'src/orders',
      'src/adapters',
      'src/demo',
    ],
  },
  web: {
    imports: [
      'signaling/protocol/board-state.ts',
      'signaling/protocol/constants.ts',
      'signaling/protocol/errors.ts',
      'signaling/protocol/question-list.ts',
      'src/capacity/plan.ts',
    ],
    types: [
      'signaling/protocol',
      'src/http/server-events.ts',
      'src/audit/schema.ts',
      'src/capacity/schema.ts',
      'src/users/schema.ts',
      'src/files/schema.ts',
      'src/courses/schema.ts',
      'src/entitlements/schema.ts',
      'src/playback/schema.ts',
      'src/streaming/schema.ts',
      'src/payments/schema.ts',
      'src/orders/schema.ts',
    ],
  },
}

const matching = (file: string, prefixes: string[]) =>
  prefixes.filter((prefix) => file === prefix || file.startsWith(`${prefix}/`)).sort((a, b) => b.length - a.length)[0]

const layerOf = (file: string) => matching(file, Object.keys(layers))

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && entry.name !== 'dist') yield* sources(path)
    else if (/\.tsx?$/.test(entry.name)) yield path
  }
}

type Import = { target: string; typeOnly: boolean; later: boolean }

const importsOf = (file: string): Import[] =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /^(?:import|export)\s+(type\s)?[^'"]*?from '(\.[^']+)'|import\('(\.[^']+)'\)/gm,
    ),
  ].map(([, type, from, dynamic]) => ({
    target: relative(root, resolve(root, dirname(file), (from ?? dynamic)!)),
    typeOnly: type !== undefined,
    later: dynamic !== undefined,
  }))

const files = ['config', 'db', 'sandbox', 'sfu', 'signaling', 'src', 'web'].flatMap((folder) => [...sources(folder)])

t.test('every import goes down the layers', async (t) => {
  t.ok(files.length > 50, 'the sources were found')
  for (const file of files) {
    const layer = layerOf(file)!
    const { imports, types = [] } = layers[layer]!
    for (const { target, typeOnly } of importsOf(file)) {
      const allowed = matching(target, [layer, ...imports, ...(typeOnly ? types : [])])
      const owner = layerOf(target)
      const known =
        allowed !== undefined && (owner === undefined || allowed.length >= owner.length || allowed === layer)
      t.ok(known, `${file} imports ${target}`)
    }
  }
})

t.test('no import leads back to itself', async (t) => {
  const atOnce = (file: string) => importsOf(file).filter(({ later }) => !later)
  const graph = new Map(files.map((file) => [file, atOnce(file).map(({ target }) => target)]))
  const done = new Set<string>()
  const visit = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next, [...path, file])
      if (circle) return circle
    }
    done.add(file)
    return
  }
  for (const file of files) t.equal(visit(file, [])?.join(' -> '), undefined, file)
})

t.test('only config reads the environment', async (t) => {
  const readers = files.filter(
    (file) => !file.startsWith('config/') && /process\.env\b/.test(readFileSync(join(root, file), 'utf8')),
  )
  t.strictSame(readers, ['sandbox/main.ts', 'src/doctor/main.ts', 'src/main.ts'], 'main hands the environment on')
})

t.test('no folder is called utils, helpers or common', async (t) => {
  t.strictSame(
    files.filter((file) => /(^|\/)(utils?|helpers?|common)(\/|\.tsx?$)/.test(file)),
    [],
  )
})

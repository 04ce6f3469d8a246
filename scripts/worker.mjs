/** mediasoup's worker program: from the cache, else prebuilt from its makers, else built here from the npm package's sources. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { arch, availableParallelism, freemem, homedir, platform, release } from 'node:os'
import { dirname, join } from 'node:path'
import { install, missing, WORKER_BUILD_PACKAGES } from './debian.mjs'
import { run, SetupError } from './progress.mjs'

const RECIPE = 'scripts/mediasoup-worker'
const BUILD = '.cache/worker-build'
const CONNECT_SECONDS = 4
const DOWNLOAD_SECONDS = 60
const MEMORY_PER_COMPILER = 900e6

export const workerStep = (root) => ({
  name: 'media worker',
  needed: () => !process.env.MEDIASOUP_WORKER_BIN && !(placedFrom(root) === key(root) && runs(placed(root))),
  run: async (report) => {
    const cached = join(cacheFolder(), key(root), 'mediasoup-worker')
    if (existsSync(cached) && !runs(cached) && missing(WORKER_BUILD_PACKAGES).length > 0)
      await install(WORKER_BUILD_PACKAGES, report)
    if (!runs(cached)) {
      const found = (await download(root, report)) ?? (await build(root, report))
      put(found, cached)
      rmSync(join(root, BUILD), { recursive: true, force: true })
    }
    put(cached, placed(root))
    writeFileSync(`${placed(root)}.key`, key(root))
  },
})

const mediasoup = (root) => join(root, 'node_modules/mediasoup')
const placed = (root) => join(mediasoup(root), 'worker/out/Release/mediasoup-worker')

function placedFrom(root) {
  try {
    return readFileSync(`${placed(root)}.key`, 'utf8')
  } catch {
    return undefined
  }
}

const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'jiangtang/worker')

/** Changes with mediasoup's version, the kind of machine and the recipe. */
export function key(root) {
  const hash = createHash('sha256')
  for (const file of readdirSync(join(root, RECIPE), { recursive: true }).map(String).sort()) {
    if (/\.(h|hpp)$|Makefile$/.test(file)) hash.update(file).update(readFileSync(join(root, RECIPE, file)))
  }
  return `${version(root)}-${platform()}-${arch()}-${hash.digest('hex').slice(0, 12)}`
}

const version = (root) => {
  try {
    return JSON.parse(readFileSync(join(mediasoup(root), 'package.json'), 'utf8')).version
  } catch {
    return 'none'
  }
}

/** Started without its parent's greeting, a worker that works ends at once with code 41. */
export const runs = (binary) => spawnSync(binary, [], { env: {}, stdio: 'ignore', timeout: 10_000 }).status === 41

function put(from, to) {
  mkdirSync(dirname(to), { recursive: true })
  const draft = `${to}.${process.pid}`
  copyFileSync(from, draft)
  chmodSync(draft, 0o755)
  renameSync(draft, to)
}

async function download(root, report) {
  if (process.env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD || !['linux', 'darwin'].includes(platform())) return undefined
  const base =
    process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL ||
    'https://github.com/versatica/mediasoup/releases/download'
  const kernel = platform() === 'linux' ? `-kernel${release().split('.')[0]}` : ''
  const name = `mediasoup-worker-${version(root)}-${platform()}-${arch()}${kernel}.tgz`
  report('looking for a prebuilt one')
  try {
    const archive = await fetchWithin(`${base}/${version(root)}/${name}`)
    const folder = join(root, BUILD, 'prebuilt')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, name), archive)
    await run('tar', ['-xzf', name, 'mediasoup-worker'], { cwd: folder })
    return runs(join(folder, 'mediasoup-worker')) ? join(folder, 'mediasoup-worker') : undefined
  } catch {
    return undefined
  }
}

async function fetchWithin(url) {
  const abort = new AbortController()
  let timer = setTimeout(() => abort.abort(), CONNECT_SECONDS * 1000)
  try {
    const response = await fetch(url, { signal: abort.signal })
    if (!response.ok) throw new Error(`${url} answers ${response.status}`)
    clearTimeout(timer)
    timer = setTimeout(() => abort.abort(), DOWNLOAD_SECONDS * 1000)
    return Buffer.from(await response.arrayBuffer())
  } finally {
    clearTimeout(timer)
  }
}

async function build(root, report) {
  if (platform() !== 'linux')
    throw new SetupError(
      `there is no prebuilt media worker for ${platform()} ${arch()}: build one as mediasoup.org/documentation says, and set MEDIASOUP_WORKER_BIN to it`,
    )
  await install(WORKER_BUILD_PACKAGES, report)
  const make = ['-f', `${RECIPE}/Makefile`, 'WORKER=node_modules/mediasoup/worker', `OUT=${BUILD}`]
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / MEMORY_PER_COMPILER)))
  let total = 0
  let done = 0
  const onEach = (start, count) => (line) => line.startsWith(start) && count()
  await run('make', ['-n', ...make], { cwd: root, onLine: onEach('echo compiled', () => total++) })
  const onLine = onEach('compiled', () => report(`built here: ${++done} of ${total} files`))
  await run('make', [`-j${jobs}`, ...make], { cwd: root, onLine })
  const binary = join(root, BUILD, 'mediasoup-worker')
  if (!runs(binary)) throw new SetupError(`the media worker is built but does not run: try it with ${binary}`)
  return binary
}

/** Programs that come from Debian: which are missing, what each is for, and how they get here. */
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run, SetupError } from './progress.mjs'

const onPath = (program) => () =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))
const header = (path) => () => existsSync(join('/usr/include', path))

const gstreamerPlugin = (name) => () => {
  const folders = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((machine) => `/usr/lib/${machine}/gstreamer-1.0`)
  return folders.some((folder) => existsSync(join(folder, `libgst${name}.so`)))
}

const GSTREAMER = 'tests that GStreamer reads what is broadcast'
const PEERS = 'tests with clients whose WebRTC and RTMP are not ours'
const WORKER_BUILD = 'building the media worker'

/** Each package, what it serves, and how to see that it is there. */
const PACKAGES = {
  ffmpeg: { serves: "the demo teacher's picture and sound", present: onPath('ffmpeg') },
  'espeak-ng': { serves: "the demo teacher's voice", present: onPath('espeak-ng') },
  'fonts-noto-cjk': {
    serves: 'Chinese text in pictures',
    present: () => existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'),
  },
  chromium: { serves: 'tests in a real browser', present: onPath('chromium') },
  postgresql: { serves: 'tests on PostgreSQL', present: postgresIsHere },
  'redis-server': { serves: 'tests on Redis', present: onPath('redis-server') },
  'python3-swift': {
    serves: 'tests on a server that speaks S3',
    present: () => existsSync('/usr/lib/python3/dist-packages/swift'),
  },
  'gstreamer1.0-tools': { serves: GSTREAMER, present: onPath('gst-launch-1.0') },
  'gstreamer1.0-plugins-good': { serves: GSTREAMER, present: gstreamerPlugin('isomp4') },
  'gstreamer1.0-plugins-bad': { serves: GSTREAMER, present: gstreamerPlugin('hls') },
  nginx: { serves: 'tests of the proxy in front', present: onPath('nginx') },
  'python3-aiortc': {
    serves: PEERS,
    present: () => existsSync('/usr/lib/python3/dist-packages/aiortc'),
  },
  coturn: { serves: PEERS, present: onPath('turnserver') },
  'libnginx-mod-rtmp': {
    serves: PEERS,
    present: () => existsSync('/usr/lib/nginx/modules/ngx_rtmp_module.so'),
  },
  'gstreamer1.0-plugins-ugly': { serves: PEERS, present: gstreamerPlugin('x264') },
  'g++': { serves: WORKER_BUILD, present: onPath('g++') },
  make: { serves: WORKER_BUILD, present: onPath('make') },
  'flatbuffers-compiler': { serves: WORKER_BUILD, present: onPath('flatc') },
  'libflatbuffers-dev': { serves: WORKER_BUILD, present: header('flatbuffers/flatbuffers.h') },
  'libuv1-dev': { serves: WORKER_BUILD, present: header('uv.h') },
  'libssl-dev': { serves: WORKER_BUILD, present: header('openssl/ssl.h') },
  'libsrtp2-dev': { serves: WORKER_BUILD, present: header('srtp2/srtp.h') },
  'libabsl-dev': { serves: WORKER_BUILD, present: header('absl/strings/string_view.h') },
}

export const DEMO_PACKAGES = ['ffmpeg', 'espeak-ng', 'fonts-noto-cjk']
export const TEST_PACKAGES = [
  ...DEMO_PACKAGES,
  ...['chromium', 'postgresql', 'redis-server', 'python3-swift', 'nginx'],
  ...Object.keys(PACKAGES).filter((name) => [GSTREAMER, PEERS].includes(PACKAGES[name].serves)),
]
export const WORKER_BUILD_PACKAGES = Object.keys(PACKAGES).filter((name) => PACKAGES[name].serves === WORKER_BUILD)

/** `optional`: where they cannot be installed, say so once and go on. */
export const debianStep = (names, { optional }) => ({
  name: 'Debian packages',
  needed: () => missing(names).length > 0,
  run: async (report) => {
    try {
      await install(names, report)
    } catch (error) {
      if (!optional) throw error
      if (canInstall()) console.log(`\n${error.message}`)
    }
  },
  after: () => {
    const absent = missing(names)
    if (absent.length > 0) console.log(`\n${howToInstall(absent)}\n`)
  },
})

export const missing = (names) => names.filter((name) => !PACKAGES[name].present())

const canInstall = () => process.getuid?.() === 0 && onPath('apt-get')()

let listsAreFresh = false

/** Installs those of `names` that are missing; without root or apt it throws, saying what to install and why. */
export async function install(names, report) {
  const absent = missing(names)
  if (absent.length === 0) return
  if (!canInstall()) throw new SetupError(howToInstall(absent))
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C', RUNLEVEL: '1' }
  const apt = (args, onLine) => run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], { env, onLine })
  report(`${absent.join(' ')}: reading package lists`)
  if (!listsAreFresh) await apt(['update'])
  listsAreFresh = true
  await apt(['install', '-y', '--no-install-recommends', ...absent], aptProgress(report))
  const still = missing(absent)
  if (still.length > 0) throw new SetupError(`installed, but not where it is looked for: ${still.join(', ')}`)
}

function aptProgress(report) {
  let total = 0
  const done = { Get: 0, Unpacking: 0, 'Setting up': 0 }
  const words = { Get: 'downloaded', Unpacking: 'unpacked', 'Setting up': 'set up' }
  return (line) => {
    total = Number(/(\d+) newly installed/.exec(line)?.[1] ?? total)
    const verb = /^(Get|Unpacking|Setting up)\b/.exec(line)?.[1]
    if (verb) report(`${++done[verb]} of ${total} ${words[verb]}`)
  }
}

/** One line per missing package with what it serves, and the one command that installs them all. */
export function howToInstall(names) {
  const width = Math.max(...names.map((name) => name.length))
  return [
    'Missing on this machine:',
    ...names.map((name) => `  ${name.padEnd(width)}  ${PACKAGES[name].serves}`),
    'On Debian or Ubuntu, install with:',
    `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`,
  ].join('\n')
}

function postgresIsHere() {
  try {
    return readdirSync('/usr/lib/postgresql').some((version) => existsSync(`/usr/lib/postgresql/${version}/bin/initdb`))
  } catch {
    return onPath('initdb')()
  }
}

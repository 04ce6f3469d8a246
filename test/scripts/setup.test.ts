import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import {
  DEMO_PACKAGES,
  howToInstall,
  install,
  missing,
  TEST_PACKAGES,
  WORKER_BUILD_PACKAGES,
} from '../../scripts/debian.mjs'
import { packagesFit } from '../../scripts/packages.mjs'
import { hashOf } from '../../scripts/page.mjs'
import { run } from '../../scripts/progress.mjs'
import { key, runs } from '../../scripts/worker.mjs'

const root = resolve(import.meta.dirname, '../..')
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages as Record<
  string,
  { version: string; optional?: boolean; optionalDependencies?: Record<string, string> }
>

t.test('npm packages', async (t) => {
  const wanted = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a-darwin': { version: '1.0.0', optional: true },
  }

  t.test('fit when each is there in its version', async (t) => {
    t.ok(packagesFit(wanted, { 'node_modules/a': { version: '1.0.0' } }))
  })

  t.test('do not fit when one is missing or of another version', async (t) => {
    t.notOk(packagesFit(wanted, {}))
    t.notOk(packagesFit(wanted, { 'node_modules/a': { version: '1.0.1' } }))
  })

  t.test('of every platform stand in the lock file, or npm ci refuses it', async (t) => {
    const names = new Set(Object.keys(lock).map((path) => path.split('node_modules/').at(-1)))
    for (const [path, { optionalDependencies = {} }] of Object.entries(lock))
      for (const name of Object.keys(optionalDependencies))
        if (!names.has(name)) t.fail(`${name} of ${path} is missing`)
    t.ok(Object.entries(lock).every(([path, { version }]) => path === '' || version))
  })
})

t.test('Debian packages', async (t) => {
  t.test('that are missing are named with what they serve, and with one command', async (t) => {
    const text = howToInstall(['ffmpeg', 'g++'])
    t.match(text, /^ {2}ffmpeg {2}the demo teacher's picture and sound$/m)
    t.match(text, /^ {2}g\+\+ +building the media worker$/m)
    t.match(text, /apt-get install -y --no-install-recommends ffmpeg g\+\+$/m)
  })

  t.test('are looked for on the path', async (t) => {
    const { PATH } = process.env
    t.teardown(() => {
      process.env.PATH = PATH
    })
    const folder = t.testdir({ ffmpeg: '', chromium: '' })
    process.env.PATH = folder
    t.same(missing(['ffmpeg', 'espeak-ng', 'chromium', 'redis-server']), ['espeak-ng', 'redis-server'])
  })

  t.test('are asked for where they cannot be installed', async (t) => {
    const { PATH } = process.env
    t.teardown(() => {
      process.env.PATH = PATH
    })
    process.env.PATH = t.testdir({})
    await t.rejects(
      install(['ffmpeg'], () => {}),
      { message: /Missing on this machine:\n {2}ffmpeg/ },
    )
  })

  t.test('are all known', async (t) => {
    for (const name of [...DEMO_PACKAGES, ...TEST_PACKAGES, ...WORKER_BUILD_PACKAGES])
      t.match(howToInstall([name]), name)
    t.equal(WORKER_BUILD_PACKAGES.length, 8)
  })
})

t.test('the media worker', async (t) => {
  t.test('has a key that names its version and changes with the recipe', async (t) => {
    const recipe = { Makefile: 'all:', compat: { 'a.h': '' } }
    const folder = t.testdir({
      scripts: { 'mediasoup-worker': recipe },
      node_modules: { mediasoup: { 'package.json': '{"version":"3.0.1"}' } },
    })
    const before = key(folder)
    t.match(before, /^3\.0\.1-linux-\w+-[0-9a-f]{12}$/)
    writeFileSync(join(folder, 'scripts/mediasoup-worker/compat/a.h'), '#pragma once')
    t.not(key(folder), before)
  })

  t.test('counts as running only when it answers like one', async (t) => {
    t.ok(runs(join(root, 'node_modules/mediasoup/worker/out/Release/mediasoup-worker')))
    t.notOk(runs('/bin/true'))
    t.notOk(runs('/nonexistent'))
  })
})

t.test('the web client is built anew when a source is changed, added or renamed, not for its own output', async (t) => {
  const folder = t.testdir({ web: { 'index.html': '<p>', src: { 'a.ts': '1' } }, signaling: { protocol: {} } })
  const hashes = [hashOf(folder)]
  const change = (work: () => void) => {
    work()
    hashes.push(hashOf(folder))
  }
  change(() => writeFileSync(join(folder, 'web/src/a.ts'), '2'))
  change(() => writeFileSync(join(folder, 'web/src/b.ts'), '2'))
  change(() => writeFileSync(join(folder, 'signaling/protocol/c.ts'), ''))
  t.equal(new Set(hashes).size, 4)
  mkdirSync(join(folder, 'web/dist'))
  writeFileSync(join(folder, 'web/dist/out.js'), '')
  t.equal(hashOf(folder), hashes.at(-1))
})

t.test('a command that fails shows the last of what it printed', async (t) => {
  await t.rejects(run('sh', ['-c', 'echo one; echo two >&2; exit 4']), { message: /ended with 4:.*one.*two/s })
  await t.rejects(run('/nonexistent', []), { message: /cannot be started/ })
})

/** npm packages as package-lock.json names them, and the Node that everything runs on. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run, SetupError } from './progress.mjs'

const NODE_MAJOR = 24

export const packagesStep = (root) => ({
  name: 'npm packages',
  needed: () => !packagesFit(readLock(join(root, 'package-lock.json')), readLock(installedLock(root))),
  run: async (report) => {
    report(`${Object.keys(readLock(join(root, 'package-lock.json'))).length} packages`)
    // No install script runs here: mediasoup's needs GitHub, and npm 11.19 holds them all back anyway.
    const options = ['--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
    await run('npm', ['ci', ...options], { cwd: root, env: npmEnvironment(root) })
  },
})

/** Whether every package of the lock file is installed in its version; those for other platforms may be absent. */
export function packagesFit(wanted, installed) {
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || entry.devOptional || installed[path]?.version === entry.version,
  )
}

const installedLock = (root) => join(root, 'node_modules/.package-lock.json')

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return {}
  }
}

// npm runs on the machine's Node, because `npm ci` removes the one in node_modules.
function npmEnvironment(root) {
  const own = join(root, 'node_modules')
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(own))
  return { ...process.env, PATH: path.join(delimiter) }
}

export const nodeStep = (root) => ({
  name: `Node ${NODE_MAJOR}`,
  needed: () => !nodeSuffices(process.version) && !nodeSuffices(versionOf(nodeOfNpm(root))),
  run: async () => {
    const folder = join(root, 'node_modules/node')
    await run('node', ['installArchSpecificPackage'], { cwd: folder, env: npmEnvironment(root) })
    const link = join(root, 'node_modules/.bin/node')
    if (!existsSync(link)) {
      mkdirSync(join(root, 'node_modules/.bin'), { recursive: true })
      rmSync(link, { force: true })
      symlinkSync('../node/bin/node', link)
    }
    if (!nodeSuffices(versionOf(nodeOfNpm(root))))
      throw new SetupError(
        `the npm package "node" has no Node ${NODE_MAJOR} that runs on ${process.platform} ${process.arch}: install Node ${NODE_MAJOR} or newer, and start again`,
      )
  },
})

/** The Node that runs the server: this one where it is new enough, else the one from npm. */
export const nodePath = (root) => (nodeSuffices(process.version) ? process.execPath : nodeOfNpm(root))

const nodeOfNpm = (root) => join(root, 'node_modules/node/bin/node')

const nodeSuffices = (version) => Number(/^v(\d+)\./.exec(version)?.[1] ?? 0) >= NODE_MAJOR

const versionOf = (node) => String(spawnSync(node, ['--version']).stdout ?? '')

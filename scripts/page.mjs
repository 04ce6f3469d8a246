/** The web client, built by Vite when its sources have changed since the last time. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodePath } from './packages.mjs'
import { run } from './progress.mjs'

const SOURCES = ['web', 'signaling/protocol', 'package-lock.json']
const STAMP = 'web/dist/.built-from'

export const pageStep = (root) => ({
  name: 'web client',
  needed: () => existsSync(join(root, 'web/src/main.tsx')) && builtFrom(root) !== hashOf(root),
  run: async () => {
    const hash = hashOf(root)
    await run(nodePath(root), ['node_modules/vite/bin/vite.js', 'build', 'web'], { cwd: root })
    writeFileSync(join(root, STAMP), hash)
  },
})

function builtFrom(root) {
  try {
    return readFileSync(join(root, STAMP), 'utf8')
  } catch {
    return undefined
  }
}

/** Of the contents and names of all that the client is built from. */
export function hashOf(root) {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    for (const file of filesUnder(root, source))
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

function filesUnder(root, path) {
  if (!existsSync(join(root, path))) return []
  if (/\.\w+$/.test(path)) return [path]
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.name !== 'dist' && entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(root, `${path}/${entry.name}`) : [`${path}/${entry.name}`]))
}

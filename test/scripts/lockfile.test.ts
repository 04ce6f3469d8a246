import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'

const file = resolve(import.meta.dirname, '../../package-lock.json')
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
  packages: Record<string, { version: string; integrity?: string; link?: boolean }>
}

t.test('every package is held to its hash, also those for other machines', async (t) => {
  const loose = Object.entries(packages)
    .filter(([path, { integrity, link }]) => path !== '' && !link && !integrity?.startsWith('sha512-'))
    .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`)
  t.strictSame(loose, [], 'npm leaves some out: `npm view PACKAGE@VERSION dist.integrity` tells them')
})

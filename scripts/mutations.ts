/** `npm run mutations -- [word]`: spoils the payment core in a copy of the tree, one line at a time, and says which test notices. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Mutation, mutations } from '../test/mutations/mutations.ts'

const root = resolve(import.meta.dirname, '..')
const TIMEOUT_MS = 180_000

const chosen = mutations.filter(({ name }) => process.argv.slice(2).every((word) => name.includes(word)))
const copy = copyOfTree()
const results = chosen.map((mutation) => {
  const noticed = tryOut(copy, mutation)
  console.log(`| ${mutation.name} | ${noticed ? `${mutation.tests} — ${noticed}` : '**SURVIVED**'} |`)
  return noticed
})
rmSync(copy, { recursive: true, force: true })
const survived = results.filter((noticed) => !noticed).length
console.log(`${results.length - survived} of ${results.length} noticed`)
process.exitCode = survived > 0 ? 1 : 0

/** What git knows or would take; what is installed or made is only linked to. */
function copyOfTree(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jiangtang-mutations-'))
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  for (const file of listed.stdout.toString().split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
  mkdirSync(join(root, '.cache'), { recursive: true })
  for (const name of ['node_modules', '.cache']) symlinkSync(join(root, name), join(folder, name))
  return folder
}

/** The name of the first test that fails; undefined where none does, or none even begins. */
function tryOut(folder: string, { file, find, replace, tests, grep }: Mutation): string | undefined {
  const path = join(folder, file)
  const sound = readFileSync(path, 'utf8')
  if (sound.split(find).length !== 2) {
    console.error(`${file} does not have this exactly once any more, so nothing is tried: ${find}`)
    return undefined
  }
  writeFileSync(
    path,
    sound.replace(find, () => replace),
  )
  try {
    const env = { ...process.env, TAP_BAIL: '1', TAP_TIMEOUT: '170', ...(grep && { TAP_GREP: grep.join('\n') }) }
    const run = spawnSync(process.execPath, [tests], { cwd: folder, env, timeout: TIMEOUT_MS, killSignal: 'SIGKILL' })
    return run.status === 0 ? undefined : whoFailed(run.stdout.toString())
  } finally {
    writeFileSync(path, sound)
  }
}

/** A test is announced before what it checks: the innermost announced above the first `not ok`, and what that was about. */
function whoFailed(output: string): string | undefined {
  const lines = output.split('\n')
  const failed = lines.findIndex((line) => /^\s*not ok/.test(line))
  if (failed < 0) return undefined
  const test = lines.slice(0, failed).findLast((line) => line.trimStart().startsWith('# Subtest: '))
  const [, about = ''] = /not ok \d+ - (.*?)(?: # .*)?$/.exec(lines[failed]!) ?? []
  return `${test?.trim().slice('# Subtest: '.length) ?? 'the file'}: ${about}`
}

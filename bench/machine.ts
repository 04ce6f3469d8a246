/** The facts of the machine that figures were taken on. */
import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { version as mediasoup } from 'mediasoup'

export const machineFacts = (): Record<string, string> => ({
  CPU: cpus()[0]?.model.trim() ?? 'unknown',
  Cores: String(availableParallelism()),
  Memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
  Node: process.version,
  mediasoup,
  Chromium: chromiumVersion(),
})

function chromiumVersion(): string {
  try {
    const answer = execFileSync('/usr/bin/chromium', ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return /[\d.]+/.exec(answer)?.[0] ?? 'unknown'
  } catch {
    return 'not installed'
  }
}

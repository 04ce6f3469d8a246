/** `npm run doctor`: looks whether this machine can serve with these settings, and says what to do where it cannot. */
import { loadSettings, type Settings, SettingsError } from '../../config/settings.ts'
import { createLocalFileStorage } from '../adapters/local-file-storage.ts'
import { createS3FileStorage } from '../adapters/s3-file-storage.ts'
import { paymentProviders } from '../money-side.ts'
import { examine, type Finding } from './finding.ts'
import { cores, diskSpace, ffmpeg, mediaWorker, openFiles, udpBuffers } from './machine.ts'
import { announcedAddress, mediaPorts, publicAddress, webPort } from './network.ts'
import { bus, database, payments, storage } from './services.ts'

/** All that can be looked at without starting the server; nothing is changed. */
export async function diagnose(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  let settings: Settings
  try {
    settings = loadSettings(env)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.problems.map((problem) => ({
      check: 'settings',
      level: 'fail' as const,
      detail: problem,
      advice: 'config/.env.example explains it',
    }))
  }
  const { storage: place, demo } = settings
  const store = place.kind === 'disk' ? createLocalFileStorage(place.folder) : createS3FileStorage(place)
  const providers = paymentProviders({ ...settings, now: Date.now, timeoutMs: 5000 })
  try {
    return await examine({
      settings: () => ({ level: 'ok', detail: 'without a mistake' }),
      cores: () => cores(settings),
      'media worker': mediaWorker,
      'media ports': () => mediaPorts(settings),
      'media address': () => announcedAddress(settings),
      'web port': () => webPort(settings),
      'public address': () => publicAddress(settings),
      'open files': () => openFiles(settings),
      'UDP buffers': udpBuffers,
      ffmpeg: () => ffmpeg(settings),
      'disk space': () => diskSpace(settings),
      database: () => database(settings),
      bus: () => bus(settings),
      storage: () => storage(store),
      payments: () => payments(providers, demo),
    })
  } finally {
    await store.close()
  }
}

const MARKS = { ok: '✓', warn: '!', fail: '✗' }

function print(findings: Finding[]): void {
  const width = Math.max(...findings.map(({ check }) => check.length))
  for (const { check, level, detail, advice } of findings) {
    console.log(`${MARKS[level]} ${check.padEnd(width)}  ${detail}`)
    if (advice) console.log(`${' '.repeat(width + 4)}→ ${advice}`)
  }
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length
  console.log(`\n${count('ok')} well, ${count('warn')} could be better, ${count('fail')} failing`)
}

if (import.meta.main) {
  const findings = await diagnose(process.env)
  if (process.argv.includes('--json')) console.log(JSON.stringify(findings))
  else print(findings)
  process.exitCode = findings.some(({ level }) => level === 'fail') ? 1 : 0
}

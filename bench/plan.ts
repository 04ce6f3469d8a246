/** `npm run plan`: turns an audience into bandwidth, cores and machines, by what this machine was measured to do. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Audience, type Need, plan } from '../src/capacity/plan.ts'
import { MEASURED, machineOf } from '../src/capacity/service.ts'
import { forward } from './forward.ts'
import { serve } from './serve.ts'
import { rounded } from './statistics.ts'

const USAGE = `npm run plan -- [option …]

  --classes 1          classes at the same time
  --seats 200          viewers of each class over WebRTC
  --viewers 1000       viewers of each class over HLS
  --width 1280 --height 720 --fps 30
  --bpp 0.07           bits per pixel: 0.03 for slides, 0.07 for a speaker, 0.12 for much movement
  --hours 2            of each class, for the storage
  --cdn 0              places of a CDN in front of the broadcast
  --cores N            of one machine; this one's without it
  --mbps 1000          bandwidth of one machine
  --measure            measures this machine first (about a minute), and keeps it in DATA_DIR for the operators' page
  --json               one line`

const number = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...{ classes: number, seats: number, viewers: number, width: number, height: number, fps: number, bpp: number },
      ...{ hours: number, cdn: number, cores: number, mbps: number, measure: flag, json: flag, help: flag },
    },
  })
  if (values.help) return console.log(USAGE)
  const read = (name: Exclude<keyof typeof values, 'measure' | 'json' | 'help'>, fallback: number, least = 0) => {
    const text = values[name]
    const figure = text === undefined ? fallback : Number(text)
    if (!Number.isFinite(figure) || figure < least || (least === 0 && figure < 0))
      throw new Error(`--${name} must be a number from ${least} on, but it is ${JSON.stringify(text)}`)
    return figure
  }
  const audience: Audience = {
    classes: read('classes', 1, 1),
    seats: read('seats', 200),
    viewers: read('viewers', 1000),
    width: read('width', 1280, 16),
    height: read('height', 720, 16),
    framesPerSecond: read('fps', 30, 1),
    bitsPerPixel: read('bpp', 0.07),
    hours: read('hours', 2),
    cdnPlaces: read('cdn', 0),
  }
  const dataDir = resolve(process.env.DATA_DIR ?? 'data')
  if (values.measure) await measure(dataDir)
  const machine = machineOf(dataDir)
  const cores = read('cores', machine.cores, 1)
  const need = plan(audience, { ...machine, cores, megabitsPerSecond: read('mbps', 1000, 1) })
  if (values.json) return console.log(JSON.stringify({ audience, machine: { ...machine, cores }, need }))
  console.log(inWords(need, cores))
  if (!machine.measured) console.log('\nBy the figures of another machine: --measure measures this one.')
}

async function measure(dataDir: string): Promise<void> {
  const say = (text: string) => console.error(text)
  const { microsPerPacket } = await forward.run(say)
  const { viewersPerCore } = await serve.run(say)
  mkdirSync(dataDir, { recursive: true })
  const measured = { microsPerPacket, broadcastViewersPerCore: viewersPerCore }
  writeFileSync(join(dataDir, MEASURED), `${JSON.stringify(measured)}\n`)
}

function inWords(need: Need, cores: number): string {
  const { machines, limitedBy } = need
  const lines: [string, string][] = [
    ['machines', `${machines} of ${cores} cores; ${limitedBy} decide${limitedBy === 'cores' ? '' : 's'} it`],
    ['a teacher sends', `${rounded(need.teacherUplinkKbps / 1000)} Mbit/s`],
    ['each viewer receives', `${rounded(need.viewerKbps / 1000)} Mbit/s`],
    ['to interactive seats', `${rounded(need.interactiveMbps)} Mbit/s`],
    ['for the broadcast, from here', `${rounded(need.broadcastMbps)} Mbit/s`],
    ['for the broadcast, from the CDN', `${rounded(need.cdnMbps)} Mbit/s`],
    ['cores for media', `${rounded(need.mediaCores)}`],
    ['cores for the server', `${rounded(need.serverCores)}`],
    ['replays', `${rounded(need.storageGb)} GB`],
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

try {
  await main()
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 2
}

/** The demo teacher's material, rendered once and kept: slides as pictures, what is said to them as one sound file. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasProgram, run } from './programs.ts'
import { boardSvg, deckSvg, dotSvg, slides } from './slides.ts'

export type Material = {
  /** Holds board.png, deck.png, dot.png and speech.flac. */
  folder: string
  /** When each slide ends, in seconds from the first one's start. */
  slideEnds: number[]
}

/** Words a minute of each voice. */
const VOICES = { cmn: '230', 'en-gb': '165' }
const RATE = 22_050
const MIN_SLIDE_SECONDS = 9
/** Changes when this file makes something else of the same words. */
const EDITION = 1

export async function prepareMaterial(cacheDir: string): Promise<Material> {
  const speaks = await hasProgram('espeak-ng')
  const pictures = { board: boardSvg(), deck: deckSvg(), dot: dotSvg() }
  const hash = createHash('sha256').update(JSON.stringify([EDITION, speaks, pictures, slides]))
  const folder = join(cacheDir, hash.digest('hex').slice(0, 16))
  if (!existsSync(folder)) {
    await mkdir(cacheDir, { recursive: true })
    const draft = await mkdtemp(join(cacheDir, 'draft-'))
    try {
      await Promise.all([drawAll(draft, pictures), speakAll(draft, speaks)])
      await rename(draft, folder)
    } catch (error) {
      await rm(draft, { recursive: true, force: true })
      if (!existsSync(folder)) throw error
    }
  }
  return { folder, slideEnds: JSON.parse(await readFile(join(folder, 'slide-ends.json'), 'utf8')) }
}

async function drawAll(folder: string, pictures: Record<string, string>): Promise<void> {
  for (const [name, svg] of Object.entries(pictures)) {
    await writeFile(join(folder, `${name}.svg`), svg)
    await run('ffmpeg', ['-v', 'error', '-i', `${name}.svg`, `${name}.png`], folder)
  }
}

/** One slide after the other: a breath, the Chinese sentence, a pause, the English one. Without espeak-ng: two soft notes. */
async function speakAll(folder: string, speaks: boolean): Promise<void> {
  const parts: Buffer[] = []
  const slideEnds: number[] = []
  let length = 0
  for (const { speech } of slides) {
    const said = speaks
      ? [
          silence(0.9),
          await say(folder, 'cmn', speech.zh),
          silence(0.7),
          await say(folder, 'en-gb', speech.en),
          silence(1.2),
        ]
      : [chime()]
    const spoken = Buffer.concat(said)
    const slide = Buffer.concat([spoken, silence(Math.max(0, MIN_SLIDE_SECONDS - seconds(spoken)))])
    parts.push(slide)
    length += seconds(slide)
    slideEnds.push(length)
  }
  await writeFile(join(folder, 'dry.pcm'), Buffer.concat(parts))
  const room = `anoisesrc=color=pink:amplitude=0.004:sample_rate=48000:duration=${length}`
  const voice = 'highpass=f=80,lowpass=f=8000,aecho=0.9:0.6:23|41:0.12|0.08,aresample=48000,volume=0.8'
  const mix = `[0]${voice}[voice];[voice][1]amix=inputs=2:duration=first:normalize=0`
  const input = ['-f', 's16le', '-ar', String(RATE), '-ac', '1', '-i', 'dry.pcm', '-f', 'lavfi', '-i', room]
  await run('ffmpeg', ['-v', 'error', ...input, '-filter_complex', mix, 'speech.flac'], folder)
  await rm(join(folder, 'dry.pcm'))
  await writeFile(join(folder, 'slide-ends.json'), JSON.stringify(slideEnds))
}

async function say(folder: string, voice: keyof typeof VOICES, sentence: string): Promise<Buffer> {
  await run('espeak-ng', ['-v', voice, '-s', VOICES[voice], '-w', 'sentence.wav', sentence], folder)
  const wav = await readFile(join(folder, 'sentence.wav'))
  await rm(join(folder, 'sentence.wav'))
  const data = wav.indexOf('data', 12, 'latin1')
  return wav.subarray(data + 8)
}

const seconds = (pcm: Buffer): number => pcm.length / 2 / RATE

const silence = (length: number): Buffer => Buffer.alloc(Math.round(length * RATE) * 2)

function chime(): Buffer {
  const pcm = silence(3)
  for (let index = 0; index < pcm.length / 2; index++) {
    const time = index / RATE
    const level = 4000 * Math.exp(-1.8 * time) * Math.min(1, time * 60)
    const wave = Math.sin(2 * Math.PI * 392 * time) + 0.6 * Math.sin(2 * Math.PI * 587.33 * time)
    pcm.writeInt16LE(Math.round(level * wave), index * 2)
  }
  return pcm
}

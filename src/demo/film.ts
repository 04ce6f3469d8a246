/** The film of the demo's shelf: a wall in the sun, from morning to evening, while a shadow walks over it. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runForBytes } from './programs.ts'

const SECONDS = 40
const SIZE = { width: 1280, height: 720 }
/** The shadow's picture is wider than the wall, so that it can come from one side and leave on the other. */
const SHADOW_WIDTH = 900

/** An MP4, drawn in this folder at half a core's pace: nobody waits for it. */
export async function makeFilm(folder: string, signal: AbortSignal): Promise<Buffer> {
  const pictures = { wall: wallSvg(), shadow: shadowSvg() }
  for (const [name, svg] of Object.entries(pictures)) {
    await writeFile(join(folder, `${name}.svg`), svg)
    await runForBytes('ffmpeg', ['-v', 'error', '-y', '-i', `${name}.svg`, `${name}.png`], folder, signal)
  }
  const day = `t/${SECONDS}`
  const walk = `overlay=x='W-(W+${SHADOW_WIDTH})*${day}':y=0`
  const light = `eq=eval=frame:brightness='0.06-0.24*pow(2*${day}-1,2)':gamma_r='1+0.25*pow(2*${day}-1,2)':gamma_b='1-0.2*pow(2*${day}-1,2)'`
  const clock = `drawtext=font='Noto Sans Mono CJK SC':fontsize=34:fontcolor=white@0.85:x=w-tw-40:y=36:text='%{eif\\:6+floor(t*12/${SECONDS})\\:d\\:2}\\:%{eif\\:mod(floor(t*720/${SECONDS})\\,60)\\:d\\:2}'`
  const wind = `anoisesrc=color=brown:amplitude=0.05:sample_rate=48000:duration=${SECONDS},tremolo=f=0.15:d=0.7`
  const still = (name: string) => ['-loop', '1', '-framerate', '25', '-t', String(SECONDS), '-i', `${name}.png`]
  await runForBytes(
    'ffmpeg',
    [
      ...[
        '-v',
        'error',
        '-nostdin',
        '-y',
        '-threads',
        '1',
        ...still('wall'),
        ...still('shadow'),
        '-f',
        'lavfi',
        '-i',
        wind,
      ],
      ...['-filter_complex', `[0][1]${walk},${light},${clock},format=yuv420p[picture]`],
      ...['-map', '[picture]', '-map', '2', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '24', '-c:a', 'aac'],
      ...['-movflags', '+faststart', 'film.mp4'],
    ],
    folder,
    signal,
  )
  return readFile(join(folder, 'film.mp4'))
}

const bricks = () => {
  const rows = Array.from({ length: 16 }, (_, row) =>
    Array.from({ length: 14 }, (_, column) => {
      const x = column * 100 - (row % 2) * 50
      const tone = 196 + ((row * 7 + column * 13) % 5) * 6
      return `<rect x="${x + 2}" y="${row * 46 + 2}" width="96" height="42" rx="3" fill="rgb(${tone},${tone - 34},${tone - 70})"/>`
    }).join(''),
  )
  return rows.join('')
}

const wallSvg = () =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}"><rect width="100%" height="100%" fill="rgb(150,118,88)"/>${bricks()}<rect y="640" width="100%" height="80" fill="rgb(120,112,104)"/></svg>`

const shadowSvg = () =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${SHADOW_WIDTH}" height="${SIZE.height}"><g fill="rgb(20,22,40)" fill-opacity="0.62"><path d="M0 720 L120 60 L150 60 L60 720 Z"/><path d="M110 90 L420 40 L424 70 L118 120 Z"/><circle cx="640" cy="330" r="44"/><path d="M590 400 Q640 366 690 400 L706 560 L676 560 L688 720 L650 720 L640 600 L626 720 L588 720 L604 560 L574 560 Z"/></g></svg>`

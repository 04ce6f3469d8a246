/** Tiny films of every kind, made by ffmpeg. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const run = promisify(execFile)

const picture = (size: string, seconds: number) => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=size=${size}:rate=25:duration=${seconds}`,
]
const sound = (seconds: number) => ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`]
const h264 = (gop: number) => ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', String(gop)]
const aac = ['-c:a', 'aac', '-ac', '1', '-b:a', '48k']

const recipes = {
  /** What a phone or a screen recorder gives: it can be played as it is. */
  playable: ['mp4', ...picture('320x180', 20), ...sound(20), ...h264(50), ...aac, '-movflags', '+faststart'],
  silent: ['mp4', ...picture('320x180', 8), ...h264(50)],
  vp9: [
    'webm',
    ...picture('320x180', 4),
    ...sound(4),
    '-c:v',
    'libvpx-vp9',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-c:a',
    'libopus',
  ],
  large: [
    'mkv',
    ...picture('2560x1440', 2),
    ...sound(2),
    ...h264(50).map((each) => (each === 'yuv420p' ? 'yuv444p' : each)),
    ...aac,
  ],
  /** One key frame in all of it: seeking would be no pleasure. */
  fewKeyFrames: [
    'mp4',
    ...picture('160x90', 30),
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    '-g',
    '100000',
    '-keyint_min',
    '100000',
    '-sc_threshold',
    '0',
  ],
  /** It takes a while to encode. */
  slow: ['mkv', ...picture('1280x720', 40), '-c:v', 'mpeg4', '-q:v', '8'],
  audioOnly: ['mp4', ...sound(2), ...aac],
} satisfies Record<string, string[]>

export type Clip = keyof typeof recipes

/** Gives the bytes of a film; each kind is made once for a test file. */
export async function clipMaker(t: Test) {
  const folder = await mkdtemp(join(tmpdir(), 'jiangtang-clips-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const made = new Map<Clip, Promise<Buffer>>()
  const make = async (kind: Clip) => {
    const [ending, ...args] = recipes[kind]
    const path = join(folder, `${kind}.${ending}`)
    await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-threads', '1', ...args, path])
    return readFile(path)
  }
  return async (kind: Clip): Promise<Buffer> => {
    const known = made.get(kind) ?? make(kind)
    made.set(kind, known)
    return known
  }
}

/** The same film with a note that says it is to be turned when shown, as phones write it. */
export async function turned(film: Buffer): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'jiangtang-clips-'))
  try {
    await writeFile(join(folder, 'a.mp4'), film)
    await run('ffmpeg', [
      '-v',
      'error',
      '-nostdin',
      '-i',
      join(folder, 'a.mp4'),
      '-c',
      'copy',
      '-metadata:s:v:0',
      'rotate=90',
      join(folder, 'b.mp4'),
    ])
    return await readFile(join(folder, 'b.mp4'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

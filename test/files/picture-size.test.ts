import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { pictureSizeOf, sizeIn } from '../../src/files/picture-size.ts'
import { png } from '../support/material.ts'

t.test('the size of a picture is read from its head, of every kind that may be shown', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'jiangtang-pictures-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const make = (name: string, ...options: string[]) => {
    const path = join(folder, name)
    const made = ['-f', 'lavfi', '-i', 'testsrc=size=321x123', '-frames:v', '1', ...options, path]
    execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...made])
    return path
  }
  const paths = [
    make('a.png'),
    make('a.gif'),
    make('a.jpg'),
    make('lossy.webp', '-c:v', 'libwebp', '-lossless', '0'),
    make('lossless.webp', '-c:v', 'libwebp', '-lossless', '1'),
  ]
  for (const path of paths) t.strictSame(await pictureSizeOf(path), { width: 321, height: 123 }, path)
})

t.test('the larger form of WebP tells the size of its canvas', async (t) => {
  const head = Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBPVP8X', 'latin1'), Buffer.alloc(14)])
  head.writeUIntLE(8191, 24, 3)
  head.writeUIntLE(99, 27, 3)
  t.strictSame(sizeIn(head), { width: 8192, height: 100 })
})

t.test('what is no picture, or ends before it has told its size, has none', async (t) => {
  const whole = png()
  for (const head of [
    whole.subarray(0, 20),
    Buffer.alloc(0),
    Buffer.from('GIF8'),
    Buffer.from('hello, this is text and no picture'),
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe0, 0, 0]),
    Buffer.from([0xff, 0xd8, 0xff, 0x00, 0x00, 0x00]),
    Buffer.concat([whole.subarray(0, 16), Buffer.alloc(8)]),
  ])
    t.equal(sizeIn(head), undefined)
})

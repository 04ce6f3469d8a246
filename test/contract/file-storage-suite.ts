/** What every file storage keeps to. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import type { FileStorage } from '../../src/files/storage.ts'

const MIB = 1024 * 1024
const plain = { mimeType: 'text/plain' }

export function fileStorageSuite(t: Test, storage: FileStorage) {
  const text = async (key: string, range?: { start: number; end: number }) => {
    const found = await storage.read(key, range)
    return found && (await buffer(found.stream)).toString()
  }

  t.test('what was put is read', async (t) => {
    await storage.put('a/one.txt', Buffer.from('讲堂'), plain)
    const found = await storage.read('a/one.txt')
    t.equal(found?.sizeBytes, 6)
    t.equal((await buffer(found!.stream)).toString(), '讲堂')
    await storage.check()
  })

  t.test('a later put replaces', async (t) => {
    await storage.put('a/again', Buffer.from('a longer text'), plain)
    await storage.put('a/again', Buffer.from('short'), plain)
    t.equal(await text('a/again'), 'short')
  })

  t.test('nothing is read where nothing is', async (t) => {
    t.equal(await storage.read('a/nothing'), undefined)
    t.equal(await storage.read('a/nothing', { start: 0, end: 1 }), undefined)
    await storage.remove('a/nothing')
    await storage.removeFolder('nowhere')
  })

  t.test('a stream of any size is stored', async (t) => {
    const bytes = randomBytes(17 * MIB + 3)
    await storage.put('big/stream', Readable.from(inPieces(bytes, 300_007)), plain)
    const found = await storage.read('big/stream')
    t.equal(found?.sizeBytes, bytes.length)
    t.equal(digest(await buffer(found!.stream)), digest(bytes))
    await storage.put('big/empty', Readable.from([]), plain)
    t.equal(await text('big/empty'), '')
  })

  t.test('a range is what it says, both ends included', async (t) => {
    await storage.put('range', Buffer.from('0123456789'), plain)
    t.equal(await text('range', { start: 2, end: 4 }), '234')
    t.equal(await text('range', { start: 9, end: 9 }), '9')
    t.equal(await text('range', { start: 8, end: 1000 }), '89')
    t.equal((await storage.read('range', { start: 2, end: 4 }))?.sizeBytes, 10)
    await t.rejects(storage.read('range', { start: 10, end: 12 }), RangeError)
  })

  t.test('what broke off leaves what was there', async (t) => {
    await storage.put('kept', Buffer.from('before'), plain)
    const breaking = Readable.from(
      (async function* () {
        yield Buffer.alloc(9 * MIB)
        throw new Error('the line broke')
      })(),
    )
    await t.rejects(storage.put('kept', breaking, plain), /the line broke/)
    t.equal(await text('kept'), 'before')
    const never = Readable.from(
      (async function* () {
        yield Buffer.alloc(10)
        throw new Error('the line broke')
      })(),
    )
    await t.rejects(storage.put('never', never, plain), /the line broke/)
    t.equal(await storage.read('never'), undefined)
  })

  t.test('half of a file is never seen', async (t) => {
    const halves = new Readable({ read() {} })
    halves.push(Buffer.alloc(1000))
    const putting = storage.put('halves', halves, plain)
    await pause(50)
    t.equal(await storage.read('halves'), undefined)
    halves.push(Buffer.alloc(1000))
    halves.push(null)
    await putting
    t.equal((await storage.read('halves'))?.sizeBytes, 2000)
    ;(await storage.read('halves'))?.stream.destroy()
  })

  t.test('a slow reader holds the source back', async (t) => {
    const size = 24 * MIB
    await storage.put('slow', Readable.from(inPieces(Buffer.alloc(size), MIB)), plain)
    const { stream } = (await storage.read('slow'))!
    stream.on('error', () => {})
    const closed = new Promise((resolve) => stream.once('close', resolve))
    let seen = 0
    for await (const piece of stream) {
      seen += piece.length
      if (seen >= MIB) break
    }
    t.ok(stream.readableLength < 4 * MIB, 'not read ahead without bound')
    await closed
  })

  t.test('a file of this machine is taken over', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'jiangtang-storage-'))
    t.teardown(() => rm(folder, { recursive: true, force: true }))
    const path = join(folder, 'a file with a name')
    await writeFile(path, 'taken over')
    await storage.putFile('taken', path, plain)
    t.equal(await text('taken'), 'taken over')
    await t.rejects(stat(path), { code: 'ENOENT' })
    if (storage.pathOf) t.equal((await stat(storage.pathOf('taken'))).size, 10)
  })

  t.test('removing a folder takes what is in it, and nothing beside it', async (t) => {
    for (const key of ['videos/1/a', 'videos/1/deep/b', 'videos/10/a', 'videos/1x'])
      await storage.put(key, Buffer.from(key), plain)
    await storage.removeFolder('videos/1')
    t.equal(await storage.read('videos/1/a'), undefined)
    t.equal(await storage.read('videos/1/deep/b'), undefined)
    t.equal(await text('videos/10/a'), 'videos/10/a')
    t.equal(await text('videos/1x'), 'videos/1x')
    await storage.remove('videos/10/a')
    t.equal(await storage.read('videos/10/a'), undefined)
  })

  t.test('no key leads elsewhere', async (t) => {
    for (const key of [
      '',
      '/',
      '..',
      '../a',
      'a/../../b',
      'a//b',
      '/etc/passwd',
      'a/',
      '.unfinished',
      'a\\b',
      'a\0b',
      'a/./b',
      '%2e%2e/a',
      'ä',
      'x'.repeat(600),
    ]) {
      await t.rejects(async () => storage.put(key, Buffer.from('!'), plain), /no key/, `put ${JSON.stringify(key)}`)
      await t.rejects(async () => storage.read(key), /no key/, `read ${JSON.stringify(key)}`)
      await t.rejects(async () => storage.remove(key), /no key/, `remove ${JSON.stringify(key)}`)
      await t.rejects(async () => storage.removeFolder(key), /no key/, `removeFolder ${JSON.stringify(key)}`)
      await t.rejects(async () => storage.putFile(key, '/nowhere', plain), /no key/, `putFile ${JSON.stringify(key)}`)
    }
  })
}

function* inPieces(bytes: Buffer, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

import t from 'tap'
import type { Person, RoomEvent } from '../../signaling/protocol/events.ts'
import { createDatabaseRoomLog } from '../../src/adapters/database-room-log.ts'
import { createChatPictures } from '../../src/files/chat-pictures.ts'
import { removeUnshown } from '../../src/files/unshown-pictures.ts'
import { createBusiness, createBusinessApp } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide, secret } from '../support/files.ts'
import { html, png, svg } from '../support/material.ts'
import { createShelf } from '../support/shelf.ts'
import { upload } from '../support/tus.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const side = await openFileSide(t, business)
const app = await createBusinessApp(business, { files: side })
await app.listen({ port: 0, host: '127.0.0.1' })
t.teardown(() => app.close())
const base = `http://127.0.0.1:${(app.server.address() as { port: number }).port}`
const shelf = createShelf(db, business.now, side.storage)
const log = createDatabaseRoomLog(db)

const teacher = await business.person('teacher')
const [author, buyer, passer] = [await business.person(), await business.person(), await business.person()]
const course = await shelf.course(teacher.id)
for (const { id } of [author, buyer]) await shelf.entitle(id, course.id)
const lesson = await shelf.lesson(course, { trialSeconds: 60 })
const pictures = createChatPictures({ db, secret, now: business.now, publicUrl: base })

type Asking = { headers: { authorization: string } }
const statusFor = async (id: string, from?: Asking) =>
  (await app.inject({ url: `/api/files/${id}`, ...(from && { headers: from.headers }) })).statusCode
const send = (bytes: Buffer, from: Asking = author, filename = 'a.png') =>
  upload(base, from, bytes, { purpose: 'chat', filename })

/** A PNG that says of itself to be so large. */
function sized(width: number, height: number): Buffer {
  const bytes = png()
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}

let seq = 0
const happen = async (event: Pick<RoomEvent, 'type' | 'data'>, by: Person | null = null) => {
  seq += 1
  await log.append(lesson.id, [{ seq, at: seq, mediaMs: null, by, ...event } as RoomEvent])
  return seq
}
const shownIn = (fileId: string) => ({ text: '\u0000', picture: { fileId, width: 8, height: 8 } })

t.test('a picture for the chat is looked at: what it is, and how large in pixels', async (t) => {
  const { id } = await send(sized(640, 480))
  t.strictSame(await pictures.sizeOf(author.id, id), { width: 640, height: 480 })
  t.equal(await pictures.sizeOf(buyer.id, id), undefined, 'it is nobody else’s')
  const cover = await shelf.stored(author.id, 'image', png(), 'image/png', 'b.png')
  t.equal(await pictures.sizeOf(author.id, cover), undefined, 'nor what was uploaded for something else')
  t.equal((await send(sized(4097, 10))).error?.code, 'picture_too_large')
  t.equal((await send(sized(0, 10))).error?.code, 'unsupported_type')
  t.equal((await send(svg)).error?.code, 'unsupported_type')
  t.equal((await send(html, author, 'a.png')).error?.code, 'unsupported_type')
  t.equal((await send(png(5 * 1024 ** 2))).error?.code, 'file_too_large')
})

t.test('a picture is seen while its message stands by whoever has a right to the class', async (t) => {
  const { id } = await send(sized(640, 480))
  t.equal(await statusFor(id, buyer), 404, 'nobody sees what was not shown')
  t.equal(await statusFor(id, teacher), 404)
  const messageSeq = await happen({ type: 'messageSent', data: shownIn(id) })
  for (const person of [author, buyer, teacher]) t.equal(await statusFor(id, person), 200)
  for (const person of [passer, undefined]) t.not(await statusFor(id, person), 200)
  const { url } = (
    await app.inject({ method: 'POST', url: `/api/files/${id}/address`, headers: buyer.headers })
  ).json() as { url: string }
  t.equal((await app.inject({ url })).statusCode, 200)
  await happen({ type: 'messageDeleted', data: { messageSeq } })
  business.pass(2000)
  t.equal(await statusFor(id, buyer), 404, 'a deleted one is gone')
  t.equal((await app.inject({ url })).statusCode, 404, 'at an address that was given before, too')
  t.equal(await statusFor(id, teacher), 200, 'and kept for those who keep order')
})

t.test('a picture that waits for staff is seen by them and its author alone', async (t) => {
  const { id } = await send(sized(64, 48))
  await happen({ type: 'textHeld', data: { ...shownIn(id), as: 'message', anonymous: false, reason: 'picture' } })
  t.equal(await statusFor(id, buyer), 404)
  for (const person of [author, teacher]) t.equal(await statusFor(id, person), 200)
})

t.test('the address for an outside moderator opens this picture for some minutes', async (t) => {
  const [{ id }, { id: other }] = [await send(sized(64, 48)), await send(sized(64, 49))]
  const { pathname, search } = new URL(await pictures.addressForModerator(id))
  t.equal((await app.inject({ url: pathname + search })).statusCode, 200)
  t.equal((await app.inject({ url: `/api/files/${other}${search}` })).statusCode, 401)
  business.pass(11 * 60_000)
  t.equal((await app.inject({ url: pathname + search })).statusCode, 401)
  const attachment = await shelf.stored(teacher.id, 'attachment', png(), 'image/png', 'b.png')
  const away = new URL(await pictures.addressForModerator(attachment))
  t.equal((await app.inject({ url: away.pathname + away.search })).statusCode, 404, 'and nothing but pictures of chats')
})

t.test('a picture that was brought and never shown is gone after a day', async (t) => {
  const again = await business.again(author)
  const [{ id: shown }, { id: unshown }] = [await send(sized(64, 48), again), await send(sized(64, 48), again)]
  await happen({ type: 'messageSent', data: shownIn(shown) })
  const sweep = () => removeUnshown({ db, storage: side.storage, now: business.now })
  await sweep()
  t.equal(await statusFor(unshown, again), 200)
  business.pass(25 * 60 * 60_000)
  await sweep()
  const later = await business.again(author)
  t.equal(await statusFor(shown, later), 200)
  t.equal(await statusFor(unshown, later), 404)
  t.equal(await side.storage.read(`originals/${unshown}`), undefined)
})

/** What every directory of rooms must do. */
import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { RoomDirectory } from '../../signaling/ports.ts'

export async function directorySuite(t: Test, directory: RoomDirectory) {
  t.test('who takes a room that nobody has, has it', async (t) => {
    const room = randomUUID()
    t.equal(directory.has(room), false)
    t.equal(await directory.take(room), null)
    t.equal(directory.has(room), true)
  })

  t.test('a room that one has is taken once more without a change', async (t) => {
    const room = randomUUID()
    await directory.take(room)
    t.equal(await directory.take(room), null)
    t.equal(directory.has(room), true)
  })

  t.test('nobody else is named for a room that one has, or that nobody has', async (t) => {
    const room = randomUUID()
    t.equal(await directory.find(room), null)
    await directory.take(room)
    t.equal(await directory.find(room), null)
  })

  t.test('a room that was given up is taken again', async (t) => {
    const room = randomUUID()
    await directory.take(room)
    await directory.release(room)
    t.equal(directory.has(room), false)
    await t.resolves(directory.release(room), 'giving it up again is no mistake')
    t.equal(await directory.take(room), null)
  })
}

/** A class on a whole server that is taught without a browser. */
import { once } from 'node:events'
import type { Test } from 'tap'
import { WebSocket } from 'ws'
import { PING_INTERVAL_MS, SUBPROTOCOL } from '../../signaling/protocol/constants.ts'
import { signTicket } from '../../signaling/ticket.ts'
import { TestClient } from './client.ts'
import { publishPictures, publishSilence } from './loopback-producer.ts'
import type { MadeUpPicture } from './made-up-sender.ts'
import { makeAccount, SECRET, type TestServer } from './server.ts'

/** Live until the test ends. `layers`: of the camera, lowest first. */
export async function openRobotClass(
  t: Pick<Test, 'teardown'>,
  server: TestServer,
  layers: readonly (readonly MadeUpPicture[])[],
) {
  const teacher = await makeAccount(server, 'robot', 'robot', 'teacher')
  const announced = { title: 'Lamps', startsAt: Date.now(), durationMinutes: 60 }
  const { id: lessonId } = await server.lessons.create(teacher, announced)
  const client = await enter(t, server.url, lessonId, teacher.id)
  const { self } = await client.join()
  const room = server.media.room(lessonId)!
  await publishPictures(t, room, self.peerId, 'camera', layers)
  await publishSilence(t, room, self.peerId)
  await client.request('startClass', {})
  return { lessonId, teacher: client }
}

async function enter(t: Pick<Test, 'teardown'>, url: string, roomId: string, peerId: string): Promise<TestClient> {
  const person = { peerId, displayName: 'Robot', role: 'teacher' as const }
  const ticket = { roomId, person, sessionId: 'robot', tier: 'interactive' as const }
  const signed = await signTicket(ticket, new TextEncoder().encode(SECRET), 60, Date.now())
  const socket = new WebSocket(`${url.replace('http', 'ws')}/signaling/${roomId}?ticket=${signed}`, SUBPROTOCOL)
  const client = new TestClient(socket)
  await once(socket, 'open')
  const pinging = setInterval(() => void client.request('ping', {}).catch(() => {}), PING_INTERVAL_MS)
  t.teardown(() => {
    clearInterval(pinging)
    socket.terminate()
  })
  return client
}

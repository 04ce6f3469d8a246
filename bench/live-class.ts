/** A lesson that is live on a server of its own, with a teacher who is there by socket alone. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { SUBPROTOCOL } from '../signaling/protocol/constants.ts'
import { TestClient } from '../test/support/client.ts'
import type { Own } from './benchmark.ts'
import { Child } from './child.ts'
import type { Product } from './servers/product.ts'

export type LiveClass = { product: Child<Product>; lessonId: string; teacherId: string; socketAddress: string }

/** `settings` are added to those of the server. */
export async function openLiveClass(own: Own, settings: Record<string, string> = {}): Promise<LiveClass> {
  const product = own(await Child.start<Product>('servers/product.ts', settings), (each) => each.close())
  const { sockets } = await product.call('addresses')
  const teacher = await product.call('makeAccount', 'teacher', 'teacher')
  const lessonId = await product.call('makeLesson', teacher.id, 'A class to be measured')
  const socketAddress = `${sockets}/${lessonId}`
  const [ticket] = await product.call('signTickets', lessonId, 'teacher', [teacher.id])
  const socket = own(new WebSocket(`${socketAddress}?ticket=${ticket}`, SUBPROTOCOL), (each) => each.terminate())
  const client = new TestClient(socket)
  await once(socket, 'open')
  await client.join()
  await client.request('startClass', {})
  return { product, lessonId, teacherId: teacher.id, socketAddress }
}

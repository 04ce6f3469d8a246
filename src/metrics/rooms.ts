/** The rooms: how many, how full, and how far the log is behind what happened. */
import { Gauge, type Registry } from 'prom-client'
import type { Rooms } from '../../signaling/rooms.ts'

export type RoomMetricsDeps = { rooms: Rooms; watching: (lessonId: string) => number; sockets: () => number }

export function roomMetrics(registry: Registry, { rooms, watching, sockets }: RoomMetricsDeps): void {
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `jiangtang_${name}`,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  const sum = (read: (room: ReturnType<Rooms['opened']>[number]) => number) =>
    rooms.opened().reduce((total, room) => total + read(room), 0)
  gauge('rooms', 'Rooms that are open', () => rooms.size)
  gauge('sockets', 'Signaling sockets, those that have not joined yet too', sockets)
  gauge('people', 'People in rooms', () => sum((room) => room.online))
  gauge('broadcast_viewers', 'People who watch over HLS', () => sum(({ id }) => watching(id)))
  gauge('room_log_backlog', 'Room events that are not stored yet', () => sum((room) => room.backlog))
}

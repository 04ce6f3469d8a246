/** How full this node is, and how it is tuned, as it travels over HTTP. */
import { Type } from 'typebox'
import { object, type Static } from '../../signaling/protocol/define.ts'

const Count = Type.Integer({ minimum: 0 })
export const MOST_WORKERS = 128

const WorkerSchema = object({
  index: Count,
  /** CPU of the last two seconds, 1 is a whole core. */
  load: Type.Number(),
  consumers: Count,
  viewers: Count,
  rooms: Count,
  pipes: Count,
  limit: Count,
  /** It is closed when its last class has ended. */
  retiring: Type.Boolean(),
})

const OpenRoomSchema = object({
  lessonId: Type.String(),
  title: Type.String(),
  people: Count,
  broadcastViewers: Count,
})

/** What this machine was measured to do; `measured` is false for figures of another machine. */
export const MachineSchema = object({
  cores: Type.Integer({ minimum: 1 }),
  microsPerPacket: Type.Number({ exclusiveMinimum: 0 }),
  broadcastViewersPerCore: Type.Number({ exclusiveMinimum: 0 }),
  measured: Type.Boolean(),
})

export const NodeSchema = object({
  workers: Type.Array(WorkerSchema),
  rooms: Type.Array(OpenRoomSchema),
  tuning: object({ workers: Count, consumersPerWorker: Count }),
  machine: MachineSchema,
})
export type NodeState = Static<typeof NodeSchema>

export const TuningSchema = object({
  workers: Type.Integer({ minimum: 1, maximum: MOST_WORKERS }),
  consumersPerWorker: Type.Integer({ minimum: 2, maximum: 10_000 }),
})
export type Tuning = Static<typeof TuningSchema>

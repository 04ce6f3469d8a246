import t from 'tap'
import { createMemoryRoomLog } from '../support/memory-room-log.ts'
import { roomLogSuite } from './room-log-suite.ts'

t.test('the room log in memory, of the tests', (t) => roomLogSuite(t, createMemoryRoomLog))

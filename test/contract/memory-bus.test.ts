import t from 'tap'
import { createMemoryBus } from '../../src/adapters/memory-bus.ts'
import { busSuite } from './bus-suite.ts'

const bus = createMemoryBus()
t.teardown(() => bus.close())

t.test('the bus in memory', (t) => busSuite(t, bus))

import t from 'tap'
import type { RoomEvent } from '../../signaling/protocol/events.ts'
import type { RoomSnapshot } from '../../signaling/protocol/snapshot.ts'
import { cornerAt } from '../../web/src/board/inset.ts'
import type { Request } from '../../web/src/classroom/signaling-client.ts'
import { layoutOf, StageLayout } from '../../web/src/classroom/stage-layout.ts'
import { columnsFor, freeRoomIn } from '../../web/src/room/stage-places.ts'

const chosen = (layout: string) => ({ seq: 1, at: 1, mediaMs: null, by: null, type: 'layoutChosen', data: { layout } })

t.test('one follows the teacher until one chooses for oneself, and again when one says so', (t) => {
  const layout = new StageLayout((async () => ({})) as unknown as Request)
  const now = () => layoutOf(layout.view.get())
  layout.enter({ layout: 'grid' } as RoomSnapshot)
  t.equal(now(), 'grid')
  layout.swap()
  t.equal(now(), 'speaker')
  layout.apply([chosen('slides') as RoomEvent])
  t.equal(now(), 'speaker')
  layout.prefer(null)
  t.equal(now(), 'slides')
  t.end()
})

t.test(
  'a small picture stands beside a page where there is room, above it where there is, and over it elsewhere',
  (t) => {
    t.strictSame(freeRoomIn(1200, 500), { beside: 300, above: 0 })
    t.strictSame(freeRoomIn(1100, 500), { beside: 211, above: 0 })
    t.strictSame(freeRoomIn(890, 620), { beside: 0, above: 119 })
    t.strictSame(freeRoomIn(390, 219), { beside: 0, above: 0 })
    t.end()
  },
)

t.test('a dragged picture goes to the nearest corner', (t) => {
  t.equal(cornerAt(10, 10, 400, 200), 'top-start')
  t.equal(cornerAt(390, 190, 400, 200), 'bottom-end')
  t.end()
})

t.test('a grid has as many columns as make it about as wide as high', (t) => {
  t.strictSame([1, 2, 3, 4, 5, 9].map(columnsFor), [1, 2, 2, 2, 3, 3])
  t.end()
})

import t from 'tap'
import { limits } from '../../signaling/protocol/constants.ts'
import { BoardLog } from '../../web/src/classroom/board-log.ts'

t.test('a stroke that never ends grows no longer than one that can be drawn', async (t) => {
  const board = new BoardLog(async () => {
    throw new Error('nothing is to be asked for')
  })
  t.teardown(() => board.close())
  const page = { fileId: null, number: 1 }
  board.enter('viewer', { decks: [], blanks: 1, shown: page, strokes: [], drawn: [], pens: [] })
  const points = Array.from({ length: limits.strokeNumbers }, (_, place) => place)
  const sketch = { peerId: 'other', id: 'one', page, tool: 'pen', colour: 'red', width: 30, points } as const
  for (let part = 0; part < 3; part++) board.see({ sketches: [{ ...sketch, points: [...points] }], lasers: [] })
  t.equal(board.passing.get().sketches[0]!.points.length, limits.strokeNumbers)
})

import t from 'tap'
import type { Page } from '../../signaling/protocol/board.ts'
import type { RoomEvent } from '../../signaling/protocol/events.ts'
import { BoardLog } from '../../web/src/classroom/board-log.ts'
import { BoardThen } from '../../web/src/classroom/board-then.ts'
import { firstTiers } from '../../web/src/classroom/tiers.ts'
import { closedBroadcast } from '../../web/src/player/broadcast-player.ts'
import { Store } from '../../web/src/store.ts'

const page = (number: number): Page => ({ fileId: null, number })
const by = { peerId: 'teacher', displayName: 'Teacher', role: 'teacher' } as const
const shown = (seq: number, mediaMs: number, number: number) =>
  ({ seq, at: seq, mediaMs, by, type: 'pageShown', data: { page: page(number) } }) as RoomEvent
const drawn = (seq: number, mediaMs: number, number: number, id: string) => {
  const stroke = { id, tool: 'pen', colour: 'red', width: 30, points: [0, 0, 9, 9] }
  return { seq, at: seq, mediaMs, by, type: 'strokeDrawn', data: { page: page(number), stroke } } as RoomEvent
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

/** A viewer of a class whose board showed page 1 from the first second on, and page 2 from the tenth. */
async function watching() {
  const now = new BoardLog(async () => ({ strokes: [] }) as never)
  now.enter('viewer', { decks: [], blanks: 2, shown: page(2), strokes: [], drawn: [], pens: [] })
  const [tiers, film] = [new Store(firstTiers), new Store(closedBroadcast)]
  const asked: [url: string, afterSeq: number][] = []
  const pages = [
    { events: [shown(1, 1000, 1), drawn(2, 4000, 1, 'early')], next: 2 },
    { events: [drawn(3, 8000, 1, 'late'), shown(4, 10_000, 2)], next: null },
  ]
  const fetchPage = async (url: string, afterSeq: number) => {
    asked.push([url, afterSeq])
    return pages[afterSeq === 0 ? 0 : 1]!
  }
  const then = new BoardThen({ now, tiers, film, fetchPage })
  const goTo = async (positionMs: number) => {
    tiers.set({ ...tiers.get(), rewound: true, shown: 'broadcast', wanted: 'broadcast' })
    film.set({ ...closedBroadcast, phase: 'ready', moving: true, following: false, positionMs, boardUrl: '/board' })
    for (let turns = 0; turns < 4; turns++) await settle()
  }
  const sees = () => ({
    page: then.board.get().view.get().shown?.number ?? null,
    strokes: then.board
      .get()
      .strokes.get()
      .map(({ id }) => id),
  })
  return { then, now, asked, goTo, sees, tiers }
}

t.test('at the edge of the class the board is as it is, and nothing is asked for', async (t) => {
  const { then, now, asked } = await watching()
  t.equal(then.board.get(), now)
  t.strictSame(asked, [])
})

t.test('who goes back sees the page and the strokes of that time, and those that come while watching on', async (t) => {
  const { asked, goTo, sees } = await watching()
  await goTo(5000)
  t.strictSame(sees(), { page: 1, strokes: ['early'] })
  t.strictSame(asked, [
    ['/board', 0],
    ['/board', 2],
  ])
  await goTo(8500)
  t.strictSame(sees(), { page: 1, strokes: ['early', 'late'] })
  await goTo(10_000)
  t.strictSame(sees(), { page: 2, strokes: [] })
  await goTo(2000)
  t.strictSame(sees(), { page: 1, strokes: [] })
  t.equal(asked.length, 2, 'what is known is not asked for again')
})

t.test('what is done meanwhile is seen when the picture comes to it, and only once', async (t) => {
  const { then, goTo, sees } = await watching()
  await goTo(5000)
  then.push([shown(4, 10_000, 2), shown(5, 60_000, 1)])
  t.strictSame(sees(), { page: 1, strokes: ['early'] })
  await goTo(59_000)
  t.equal(sees().page, 2)
  await goTo(60_000)
  t.strictSame(sees(), { page: 1, strokes: ['early', 'late'] })
})

t.test('what comes while the past is being fetched is not lost', async (t) => {
  const { then, goTo, sees } = await watching()
  const going = goTo(70_000)
  then.push([shown(5, 60_000, 1)])
  await going
  t.equal(sees().page, 1)
})

t.test('back at the edge the board is as it is again', async (t) => {
  const { then, now, goTo, tiers } = await watching()
  await goTo(5000)
  t.not(then.board.get(), now)
  tiers.set({ ...tiers.get(), rewound: false })
  t.equal(then.board.get(), now)
})

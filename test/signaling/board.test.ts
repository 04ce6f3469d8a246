import t, { type Test } from 'tap'
import type { Page, Stroke } from '../../signaling/protocol/board.ts'
import { limits } from '../../signaling/protocol/constants.ts'
import { openClassroom } from '../support/classroom.ts'

const DECK = '00000000-0000-4000-8000-000000000001'
const OTHER = '00000000-0000-4000-8000-000000000002'
const blank: Page = { fileId: null, number: 1 }
const pen = (id: string, points = [0, 0, 10, 10]): Stroke => ({ id, tool: 'pen', colour: 'red', width: 30, points })

async function openBoard(t: Test) {
  const classroom = await openClassroom(t, { decks: { [DECK]: 'Ink and water' } })
  const teacher = await classroom.enter('teacher', 'teacher')
  const student = await classroom.enter('student')
  return { ...classroom, teacher, student }
}

t.test('the teacher brings a document of the lesson to the board, and all turn its pages together', async (t) => {
  const { teacher, student } = await openBoard(t)
  await teacher.request('openDeck', { fileId: DECK, pages: 12 })
  await teacher.request('showPage', { page: { fileId: DECK, number: 3 } })
  t.match(await student.event('deckOpened'), { data: { deck: { fileId: DECK, title: 'Ink and water', pages: 12 } } })
  t.match(await student.event('pageShown'), { data: { page: { fileId: DECK, number: 3 } } })
})

t.test('no other document, and no page that is not there, can be shown', async (t) => {
  const { teacher } = await openBoard(t)
  await t.rejects(teacher.request('openDeck', { fileId: OTHER, pages: 1 }), { code: 'not_found' })
  await t.rejects(teacher.request('showPage', { page: { fileId: DECK, number: 1 } }), { code: 'not_found' })
  await teacher.request('openDeck', { fileId: DECK, pages: 2 })
  await t.rejects(teacher.request('showPage', { page: { fileId: DECK, number: 3 } }), { code: 'not_found' })
  await t.rejects(teacher.request('showPage', { page: { fileId: null, number: 2 } }), { code: 'not_found' })
  await t.rejects(teacher.request('drawStroke', { page: { fileId: null, number: 9 }, stroke: pen('a') }), {
    code: 'not_found',
  })
})

t.test('one blank page more than there are makes a new one', async (t) => {
  const { teacher, enter } = await openBoard(t)
  for (const number of [1, 2, 1]) await teacher.request('showPage', { page: { fileId: null, number } })
  const late = await enter('late')
  t.match(late.joined.snapshot.board, { blanks: 2, shown: { fileId: null, number: 1 } })
})

t.test('a student may neither turn pages nor draw nor lend the pen', async (t) => {
  const { teacher, student } = await openBoard(t)
  await teacher.request('openDeck', { fileId: DECK, pages: 2 })
  await teacher.request('showPage', { page: blank })
  const page = { fileId: DECK, number: 1 }
  await t.rejects(student.request('openDeck', { fileId: DECK, pages: 2 }), { code: 'forbidden' })
  await t.rejects(student.request('showPage', { page }), { code: 'forbidden' })
  await t.rejects(student.request('clearPage', { page }), { code: 'forbidden' })
  await t.rejects(student.request('givePen', { peerId: 'student' }), { code: 'forbidden' })
  await t.rejects(student.request('drawStroke', { page, stroke: pen('a') }), { code: 'forbidden' })
  await t.rejects(student.request('sketch', { page, ...pen('a') }), { code: 'forbidden' })
  await t.rejects(student.request('point', { page, at: [0, 0] }), { code: 'forbidden' })
})

t.test('with the pen a student draws, takes back only their own strokes, and gives it back', async (t) => {
  const { teacher, student } = await openBoard(t)
  await teacher.request('showPage', { page: blank })
  await teacher.request('drawStroke', { page: blank, stroke: pen('theirs') })
  await teacher.request('givePen', { peerId: 'student' })
  await student.event('penGiven')
  await student.request('drawStroke', { page: blank, stroke: pen('own') })
  await t.rejects(student.request('eraseStrokes', { page: blank, strokeIds: ['own', 'theirs'] }), { code: 'forbidden' })
  await student.request('eraseStrokes', { page: blank, strokeIds: ['own'] })
  t.match(await teacher.event('strokesErased'), { by: { peerId: 'student' }, data: { strokeIds: ['own'] } })
  await student.request('takePen', { peerId: 'student' })
  await t.rejects(student.request('drawStroke', { page: blank, stroke: pen('more') }), { code: 'forbidden' })
})

t.test('whoever leaves, is removed or muted draws no more', async (t) => {
  const { teacher, student, enter } = await openBoard(t)
  await teacher.request('showPage', { page: blank })
  await teacher.request('givePen', { peerId: 'student' })
  await teacher.request('mutePeer', { peerId: 'student' })
  await t.rejects(student.request('drawStroke', { page: blank, stroke: pen('a') }), { code: 'muted' })
  await student.request('leave', {})
  await teacher.event('penTaken')
  await enter('other')
  await teacher.request('givePen', { peerId: 'other' })
  await teacher.request('removePeer', { peerId: 'other' })
  t.strictSame((await enter('late')).joined.snapshot.board.pens, [])
})

t.test(
  'a late joiner has the page that is shown with all that is drawn on it, and can ask for the others',
  async (t) => {
    const { teacher, enter } = await openBoard(t)
    await teacher.request('showPage', { page: blank })
    await teacher.request('drawStroke', { page: blank, stroke: pen('first') })
    const second = { fileId: null, number: 2 }
    await teacher.request('showPage', { page: second })
    await teacher.request('drawStroke', { page: second, stroke: pen('second') })
    await teacher.request('drawStroke', { page: second, stroke: pen('third') })
    await teacher.request('eraseStrokes', { page: second, strokeIds: ['second'] })
    const late = await enter('late')
    const { board } = late.joined.snapshot
    t.strictSame(board.shown, second)
    t.strictSame(board.strokes, [{ ...pen('third'), peerId: 'teacher' }])
    t.strictSame(board.drawn, [blank, second])
    t.strictSame(await late.request('listStrokes', { page: blank }), {
      strokes: [{ ...pen('first'), peerId: 'teacher' }],
    })
  },
)

t.test('the board survives the room: it is read from the log', async (t) => {
  const { teacher, rooms, roomLog } = await openBoard(t)
  await teacher.request('showPage', { page: blank })
  await teacher.request('drawStroke', { page: blank, stroke: pen('kept') })
  await rooms.close()
  const again = await openClassroom(t, { roomLog })
  const { joined } = await again.enter('late')
  t.strictSame(joined.snapshot.board.strokes, [{ ...pen('kept'), peerId: 'teacher' }])
})

t.test('a stroke is seen while it is drawn, and so is the laser', async (t) => {
  const { teacher, student, roomLog } = await openBoard(t)
  await teacher.request('showPage', { page: blank })
  const { points, ...look } = pen('slow')
  await teacher.request('sketch', { page: blank, ...look, points })
  await teacher.request('sketch', { page: blank, ...look, points: [20, 20] })
  await teacher.request('point', { page: blank, at: [5, 6] })
  const sketched = await student.notified('sketched', ({ lasers }) => lasers.length > 0)
  t.match(sketched.lasers, [{ peerId: 'teacher', at: [5, 6] }])
  const seen = student.notifications.filter(({ topic }) => topic === 'sketched') as { data: typeof sketched }[]
  t.strictSame(
    seen.flatMap(({ data }) => data.sketches.flatMap((sketch) => sketch.points)),
    [...points, 20, 20],
  )
  t.notOk(roomLog.eventsOf('lesson').some(({ type }) => type === 'strokeDrawn'))
})

t.test('what makes no sense is refused', async (t) => {
  const { teacher } = await openBoard(t)
  await teacher.request('showPage', { page: blank })
  const draw = (stroke: Stroke) => teacher.request('drawStroke', { page: blank, stroke })
  await t.rejects(draw(pen('half', [1, 2, 3])), { code: 'bad_request' })
  await t.rejects(draw({ ...pen('shape'), tool: 'ellipse', points: [1, 2] }), { code: 'bad_request' })
  await t.rejects(draw({ ...pen('words'), tool: 'text' }), { code: 'bad_request' })
  await t.rejects(draw({ ...pen('mute'), text: 'words' }), { code: 'bad_request' })
  await t.rejects(draw({ ...pen('far'), points: [0, 1e9] }), { code: 'bad_request' })
  await t.rejects(draw({ ...pen('huge'), points: Array(limits.strokeNumbers + 2).fill(0) }), { code: 'bad_request' })
  await t.rejects(draw({ ...pen('colour'), colour: 'url(evil)' as 'red' }), { code: 'bad_request' })
  await draw(pen('twice'))
  await t.rejects(draw(pen('twice')), { code: 'conflict' })
})

t.test('a page takes only so much, and nobody draws faster than a hand', async (t) => {
  const { teacher, student } = await openBoard(t)
  await teacher.request('showPage', { page: blank })
  const much = Array(limits.strokeNumbers).fill(1)
  const filling = limits.numbersOnPage / limits.strokeNumbers
  for (let n = 0; n < filling; n++) await teacher.request('drawStroke', { page: blank, stroke: pen(`full-${n}`, much) })
  await t.rejects(teacher.request('drawStroke', { page: blank, stroke: pen('over') }), { code: 'page_full' })
  await teacher.request('clearPage', { page: blank })
  await teacher.request('givePen', { peerId: 'student' })
  const draw = (n: number) =>
    student.request('drawStroke', { page: blank, stroke: pen(`fast-${n}`) }).then(
      () => 'drawn',
      ({ code }) => code as string,
    )
  const answers: string[] = []
  for (let n = 0; n < 140; n += 35)
    answers.push(...(await Promise.all(Array.from({ length: 35 }, (_, i) => draw(n + i)))))
  t.strictSame([...new Set(answers)].sort(), ['drawn', 'too_many_requests'])
})

t.test('words on the board pass the same filter as words in the chat', async (t) => {
  const { teacher, student } = await openBoard(t)
  await teacher.request('showPage', { page: blank })
  await teacher.request('givePen', { peerId: 'student' })
  await teacher.request('changeWords', { words: ['casino'] })
  await teacher.request('changeSettings', { contacts: 'hold' })
  const write = (id: string, text: string, by = student) =>
    by.request('drawStroke', { page: blank, stroke: { ...pen(id, [0, 0]), tool: 'text', text } })
  await t.rejects(write('a', 'C a s i n o'), { code: 'words_refused' })
  await t.rejects(write('b', 'call 13800138000'), { code: 'contact_refused' })
  await write('c', 'light')
  await write('d', 'call 13800138000', teacher)
  await teacher.request('changeSettings', { review: true })
  await t.rejects(write('e', 'shadow'), { code: 'words_refused' })
})

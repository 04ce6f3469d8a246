/** The board: turning pages, drawing on them, and lending the pen. */
import type { Handlers } from '../dispatch.ts'
import type { boardRequests, Page, Stroke } from '../protocol/board.ts'
import { hasPage, nameOfPage, strokesOn } from '../protocol/board-state.ts'
import { limits } from '../protocol/constants.ts'
import { AppError } from '../protocol/errors.ts'
import type { Seat } from './caller.ts'

export const boardHandlers: Handlers<Seat, keyof typeof boardRequests> = {
  async openDeck({ room, peer }, { fileId, pages }) {
    const title = await room.deckTitle(fileId)
    if (title === undefined) throw new AppError('not_found', 'this lesson has no such document')
    return room.record('deckOpened', peer.person, { deck: { fileId, title, pages } })
  },

  showPage({ room, peer }, { page }) {
    if (page) pageThere({ room, peer }, page)
    return room.record('pageShown', peer.person, { page })
  },

  async drawStroke(seat, { page, stroke }) {
    const { room, peer } = seat
    mayDraw(seat)
    checkStroke(stroke)
    if (stroke.text !== undefined) await checkWords(seat, stroke.text)
    pageThere(seat, page)
    const strokes = strokesOn(room.state.board, page)
    if (strokes.some(({ id }) => id === stroke.id)) throw new AppError('conflict', 'this stroke is drawn')
    const numbers = strokes.reduce((sum, { points }) => sum + points.length, stroke.points.length)
    if (strokes.length >= limits.strokesOnPage || numbers > limits.numbersOnPage) throw new AppError('page_full')
    return room.record('strokeDrawn', peer.person, { page, stroke })
  },

  eraseStrokes(seat, { page, strokeIds }) {
    const { room, peer } = seat
    mayDraw(seat)
    const strokes = strokesOn(room.state.board, page).filter(({ id }) => strokeIds.includes(id))
    if (strokes.length === 0) throw new AppError('not_found', 'there is no such stroke')
    if (!peer.isStaff && strokes.some(({ peerId }) => peerId !== peer.id))
      throw new AppError('forbidden', 'not one’s own stroke')
    return room.record('strokesErased', peer.person, { page, strokeIds: strokes.map(({ id }) => id) })
  },

  clearPage({ room, peer }, { page }) {
    if (strokesOn(room.state.board, page).length === 0) throw new AppError('conflict', 'nothing is drawn on it')
    return room.record('pageCleared', peer.person, { page })
  },

  givePen({ room, peer }, { peerId }) {
    const receiver = room.peer(peerId)
    if (!receiver) throw new AppError('not_found', 'nobody here has this id')
    const { pens } = room.state.board
    if (receiver.isStaff || pens.has(peerId)) throw new AppError('conflict', 'the pen is theirs already')
    if (pens.size >= limits.pens) throw new AppError('conflict', 'too many have the pen')
    return room.record('penGiven', peer.person, { peer: receiver.person })
  },

  takePen({ room, peer }, { peerId }) {
    if (peerId !== peer.id && !peer.isStaff) throw new AppError('forbidden')
    if (!room.state.board.pens.has(peerId)) throw new AppError('conflict', 'the pen is not theirs')
    return room.record('penTaken', peer.person, { peerId })
  },

  listStrokes: ({ room }, { page }) => ({ strokes: strokesOn(room.state.board, page) }),

  sketch(seat, sketch) {
    holdsPen(seat)
    pageThere(seat, sketch.page)
    if (sketch.points.length % 2 !== 0) throw new AppError('bad_request', 'half a point')
    seat.room.sketches.draw({ peerId: seat.peer.id, ...sketch })
    return {}
  },

  point(seat, { page, at }) {
    holdsPen(seat)
    pageThere(seat, page)
    seat.room.sketches.point({ peerId: seat.peer.id, page, at })
    return {}
  },
}

function holdsPen({ room, peer }: Seat): void {
  if (!peer.isStaff && !room.state.board.pens.has(peer.id)) throw new AppError('forbidden', 'the pen is not theirs')
  if (room.state.muted.has(peer.id)) throw new AppError('muted')
}

function mayDraw(seat: Seat): void {
  holdsPen(seat)
  if (!seat.room.allowance.draw(seat.peer)) throw new AppError('too_many_requests')
}

/** Nothing on the board waits for staff: words that would have to in the chat are not written at all. */
async function checkWords(seat: Seat, text: string): Promise<void> {
  const { room, peer } = seat
  const reason = peer.isStaff ? null : await room.judge(peer, { text })
  if (room.peer(peer.id) !== peer) throw new AppError('not_joined')
  holdsPen(seat)
  if (reason !== null) throw new AppError(reason === 'contact' ? 'contact_refused' : 'words_refused')
}

function pageThere({ room }: Seat, page: Page): void {
  if (!hasPage(room.state.board, page)) throw new AppError('not_found', `there is no page ${nameOfPage(page)}`)
}

function checkStroke({ tool, points, text }: Stroke): void {
  if (points.length % 2 !== 0) throw new AppError('bad_request', 'half a point')
  if ((tool === 'text') !== (text !== undefined)) throw new AppError('bad_request', 'words are for texts')
  const isShape = tool === 'line' || tool === 'arrow' || tool === 'rectangle' || tool === 'ellipse'
  if ((isShape && points.length !== 4) || (tool === 'text' && points.length !== 2))
    throw new AppError('bad_request', 'a shape has two corners, a text one')
}

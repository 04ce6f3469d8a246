/** What travels about the board: pages of courseware and blank ones, what is drawn on them, and who holds the pen. */
import { Type } from 'typebox'
import { colours, limits, PAGE_WIDTH, tools } from './constants.ts'
import { Id, Nothing, nullable, object, oneOf, request, Seq, type Static } from './define.ts'
import { type Person, PersonSchema } from './person.ts'

const FileId = Type.String({ format: 'uuid' })

/** A page of a document, or with `fileId` null a blank one. Both count from 1. */
export const PageSchema = object({
  fileId: nullable(FileId),
  number: Type.Integer({ minimum: 1, maximum: limits.boardPages }),
})
export type Page = Static<typeof PageSchema>

export const DeckSchema = object({
  fileId: FileId,
  title: Type.String({ maxLength: 200 }),
  pages: Type.Integer({ minimum: 1, maximum: limits.boardPages }),
})
export type Deck = Static<typeof DeckSchema>

/** The origin is the upper left corner of the page. */
const Coordinate = Type.Integer({ minimum: -PAGE_WIDTH, maximum: 4 * PAGE_WIDTH })

const look = {
  tool: oneOf(...tools),
  colour: oneOf(...colours),
  width: Type.Integer({ minimum: 4, maximum: 400 }),
}
/** x, y, x, y, …: of a pen its way, of a shape two corners, of a text where it begins. */
const points = Type.Array(Coordinate, { minItems: 2, maxItems: limits.strokeNumbers })

export const StrokeSchema = object({
  id: Id,
  ...look,
  points,
  text: Type.Optional(Type.String({ minLength: 1, maxLength: limits.boardTextLength, pattern: '\\S' })),
})
export type Stroke = Static<typeof StrokeSchema>

/** A stroke on its way: `points` are those that have been added since the last of these with the same id. */
export const SketchSchema = object({ page: PageSchema, id: Id, ...look, points })
export type Sketch = Static<typeof SketchSchema>

export const DrawnStrokeSchema = object({ ...StrokeSchema.properties, peerId: Id })
export type DrawnStroke = Static<typeof DrawnStrokeSchema>

export const BoardSchema = object({
  decks: Type.Array(DeckSchema),
  blanks: Type.Integer(),
  /** Null: the teacher shows no page now. */
  shown: nullable(PageSchema),
  /** On the page that is shown; `listStrokes` gives those of the others. */
  strokes: Type.Array(DrawnStrokeSchema),
  /** Pages that something is drawn on. */
  drawn: Type.Array(PageSchema),
  /** Students who may draw. */
  pens: Type.Array(PersonSchema),
})
export type BoardSnapshot = Static<typeof BoardSchema>

export const StrokeIdsSchema = Type.Array(Id, { minItems: 1, maxItems: limits.erasedStrokes })

/** What the events of the log say about the board. */
export const boardEvents = {
  deckOpened: { deck: DeckSchema },
  pageShown: { page: nullable(PageSchema) },
  strokeDrawn: { page: PageSchema, stroke: StrokeSchema },
  strokesErased: { page: PageSchema, strokeIds: StrokeIdsSchema },
  pageCleared: { page: PageSchema },
  penGiven: { peer: PersonSchema },
  penTaken: { peerId: Id },
}

export type BoardEvent = {
  [T in keyof typeof boardEvents]: {
    type: T
    by: Person | null
    data: Static<ReturnType<typeof object<(typeof boardEvents)[T]>>>
  }
}[keyof typeof boardEvents]

const onPage = object({ page: PageSchema })
const ofPeer = object({ peerId: Id })
const Logged = object({ seq: Seq })

export const boardRequests = {
  openDeck: request(
    'Staff: brings a PDF of the lesson’s attachments to the board. How many pages it has is what its reader says.',
    object({ fileId: FileId, pages: DeckSchema.properties.pages }),
    Logged,
  ),
  showPage: request(
    'Staff: turns everyone to this page, null to none. One blank page more than there are makes a new one.',
    object({ page: nullable(PageSchema) }),
    Logged,
  ),
  drawStroke: request(
    'Staff and those with the pen: draws on a page. `page_full`: there is too much on it already.',
    object({ page: PageSchema, stroke: StrokeSchema }),
    Logged,
  ),
  eraseStrokes: request(
    'Staff: takes strokes away; with the pen, one’s own.',
    object({ page: PageSchema, strokeIds: StrokeIdsSchema }),
    Logged,
  ),
  clearPage: request('Staff: takes away all that is drawn on a page.', onPage, Logged),
  givePen: request('Staff: lets a student draw.', ofPeer, Logged),
  takePen: request('Staff: ends that right. A student may give the pen back.', ofPeer, Logged),
  listStrokes: request(
    'What is drawn on a page. Only a late joiner needs it, for pages that were drawn on before.',
    onPage,
    object({ strokes: Type.Array(DrawnStrokeSchema) }),
  ),
  sketch: request('Shows a stroke while it is being drawn; `drawStroke` makes it last.', SketchSchema, Nothing),
  point: request(
    'Points at a place with the laser, until null.',
    object({ page: PageSchema, at: nullable(Type.Array(Coordinate, { minItems: 2, maxItems: 2 })) }),
    Nothing,
  ),
}

export const boardNotifications = {
  /** Strokes on their way, and where lasers point: of everyone, at most twenty times a second, less often in a crowd. */
  sketched: object({
    sketches: Type.Array(object({ ...SketchSchema.properties, peerId: Id })),
    lasers: Type.Array(object({ peerId: Id, page: PageSchema, at: nullable(Type.Array(Type.Integer())) })),
  }),
}

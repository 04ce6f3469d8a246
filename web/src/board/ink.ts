/** Paints strokes. They are in the units of the page, which `scale` turns into pixels. */
import type { Stroke } from '../../../signaling/protocol/board.ts'
import type { Colour } from '../../../signaling/protocol/constants.ts'
import type { Laser } from '../classroom/board-log.ts'

/** On the white of a page, whatever the theme. */
export const inkColours: Record<Colour, string> = {
  ink: '#1b2027',
  red: '#d92d20',
  orange: '#e07a1f',
  green: '#0f8a5f',
  blue: '#1f6feb',
  white: '#ffffff',
}
const MARKER_ALPHA = 0.35
/** A marker is so much broader than a pen, the letters of a text so much higher. */
export const MARKER_TIMES = 4
export const LETTER_TIMES = 7
const LASER_RADIUS = 90

type Line = Pick<Stroke, 'tool' | 'colour' | 'width' | 'points' | 'text'>

export function paintStrokes(context: CanvasRenderingContext2D, strokes: readonly Line[], scale: number): void {
  for (const stroke of strokes) paintStroke(context, stroke, scale)
}

function paintStroke(context: CanvasRenderingContext2D, stroke: Line, scale: number): void {
  const { tool, colour, width } = stroke
  context.save()
  context.scale(scale, scale)
  context.strokeStyle = context.fillStyle = inkColours[colour]
  context.lineWidth = tool === 'highlighter' ? width * MARKER_TIMES : width
  context.globalAlpha = tool === 'highlighter' ? MARKER_ALPHA : 1
  context.lineCap = context.lineJoin = 'round'
  shapes[tool](context, stroke)
  context.restore()
}

const shapes: Record<Stroke['tool'], (context: CanvasRenderingContext2D, stroke: Line) => void> = {
  pen: way,
  highlighter: way,
  line: (context, { points }) => {
    const [x1, y1, x2, y2] = points as [number, number, number, number]
    path(context, [x1, y1, x2, y2])
  },
  arrow: (context, { points, width }) => {
    const [x1, y1, x2, y2] = points as [number, number, number, number]
    const angle = Math.atan2(y2 - y1, x2 - x1)
    const wing = width * 5
    path(context, [x1, y1, x2, y2])
    for (const turn of [0.5, -0.5])
      path(context, [x2, y2, x2 - wing * Math.cos(angle + turn), y2 - wing * Math.sin(angle + turn)])
  },
  rectangle: (context, { points }) => {
    const [x1, y1, x2, y2] = points as [number, number, number, number]
    context.strokeRect(Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1))
  },
  ellipse: (context, { points }) => {
    const [x1, y1, x2, y2] = points as [number, number, number, number]
    context.beginPath()
    context.ellipse((x1 + x2) / 2, (y1 + y2) / 2, Math.abs(x2 - x1) / 2, Math.abs(y2 - y1) / 2, 0, 0, 2 * Math.PI)
    context.stroke()
  },
  text: (context, { points, width, text = '' }) => {
    const size = width * LETTER_TIMES
    context.font = `${size}px ${getComputedStyle(document.body).fontFamily}`
    context.textBaseline = 'top'
    for (const [line, words] of text.split('\n').entries())
      context.fillText(words, points[0]!, points[1]! + line * size * 1.3)
  },
}

/** A smooth line through the middles between its points; a single point is a dot. */
function way(context: CanvasRenderingContext2D, { points }: Line): void {
  const [x = 0, y = 0] = points
  context.beginPath()
  context.moveTo(x, y)
  if (points.length === 2) context.lineTo(x, y + 0.1)
  for (let index = 2; index < points.length - 2; index += 2) {
    const [cx, cy, nx, ny] = points.slice(index, index + 4) as [number, number, number, number]
    context.quadraticCurveTo(cx, cy, (cx + nx) / 2, (cy + ny) / 2)
  }
  if (points.length > 2) context.lineTo(points.at(-2)!, points.at(-1)!)
  context.stroke()
}

function path(context: CanvasRenderingContext2D, [x1, y1, x2, y2]: [number, number, number, number]): void {
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
}

export function paintLasers(
  context: CanvasRenderingContext2D,
  lasers: readonly Omit<Laser, 'peerId'>[],
  scale: number,
) {
  for (const { x, y } of lasers) {
    const glow = context.createRadialGradient(x * scale, y * scale, 0, x * scale, y * scale, LASER_RADIUS * scale)
    glow.addColorStop(0, '#ffffff')
    glow.addColorStop(0.3, inkColours.red)
    glow.addColorStop(1, 'rgb(217 45 32 / 0)')
    context.fillStyle = glow
    context.beginPath()
    context.arc(x * scale, y * scale, LASER_RADIUS * scale, 0, 2 * Math.PI)
    context.fill()
  }
}

/** Whether a stroke comes as near as this to a place. */
export function touches({ tool, points, width, text = '' }: Line, x: number, y: number, near: number): boolean {
  if (tool === 'text') {
    const size = width * LETTER_TIMES
    const lines = text.split('\n')
    const longest = Math.max(...lines.map((line) => line.length))
    const [left, top] = points as [number, number]
    return x >= left - near && x <= left + longest * size && y >= top - near && y <= top + lines.length * size * 1.3
  }
  const reach = near + (tool === 'highlighter' ? (width * MARKER_TIMES) / 2 : width / 2)
  const outline = outlineOf(tool, points)
  if (outline.length === 2) return Math.hypot(outline[0]! - x, outline[1]! - y) <= reach
  for (let index = 0; index + 3 < outline.length; index += 2)
    if (distance(outline.slice(index, index + 4) as [number, number, number, number], x, y) <= reach) return true
  return false
}

function outlineOf(tool: Stroke['tool'], points: readonly number[]): readonly number[] {
  const [x1, y1, x2, y2] = points as [number, number, number, number]
  if (tool === 'rectangle') return [x1, y1, x2, y1, x2, y2, x1, y2, x1, y1]
  if (tool !== 'ellipse') return points
  return Array.from({ length: 33 }, (_, step) => [
    (x1 + x2) / 2 + (Math.abs(x2 - x1) / 2) * Math.cos((step * Math.PI) / 16),
    (y1 + y2) / 2 + (Math.abs(y2 - y1) / 2) * Math.sin((step * Math.PI) / 16),
  ]).flat()
}

function distance([x1, y1, x2, y2]: [number, number, number, number], x: number, y: number): number {
  const length = (x2 - x1) ** 2 + (y2 - y1) ** 2
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length))
  return Math.hypot(x - (x1 + along * (x2 - x1)), y - (y1 + along * (y2 - y1)))
}

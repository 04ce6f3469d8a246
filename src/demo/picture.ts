/** What the demo teacher shows, as a filter graph for ffmpeg: slides that turn, dots on their way, and a clock. */
import type { Material } from './material.ts'
import { runForBytes } from './programs.ts'
import { CLOCK, ROUTE, SLIDE } from './slides.ts'

export const FRAMES_PER_SECOND = 25
const TURN_SECONDS = 0.7
const DOT_SECONDS = 2.6

/**
 * The filter graph: every picture is decoded once and repeated; only the clock and the dots are drawn for each frame. It
 * begins so many seconds into the talk.
 */
export function picture(slideEnds: number[], startSeconds = 0): string {
  const first = Math.round(startSeconds * FRAMES_PER_SECOND)
  const still = (name: string, format: string) =>
    `movie=${name}.png,format=${format},loop=-1:1:0,setpts=(N+${first})/(${FRAMES_PER_SECOND}*TB)`
  const dot = (phase: number) => {
    const way = `mod(t/${DOT_SECONDS}+${phase},1)`
    return `overlay=x='${ROUTE.fromX - 9}+${ROUTE.toX - ROUTE.fromX}*${way}':y=${ROUTE.y - 9}:format=yuv420`
  }
  const clock = [
    `setpts='mod(RTCTIME/1000000-${midnight(new Date())},86400)/TB'`,
    `drawtext=font='Noto Sans Mono CJK SC':fontsize=${CLOCK.size}:fontcolor=0x1B2027:x=${CLOCK.endX}-tw:y=${CLOCK.y}:text='%{pts\\:hms}'`,
    `setpts=N/(${FRAMES_PER_SECOND}*TB)`,
  ]
  return [
    `${still('board', 'yuv420p')}[board]`,
    `${still('deck', 'yuv420p')},crop=iw:${SLIDE.height}:0:'${deckOffset(slideEnds)}'[slide]`,
    `${still('dot', 'yuva420p')},split[early][late]`,
    `[board][slide]overlay=0:${SLIDE.y}:format=yuv420[page]`,
    `[page][early]${dot(0)}[sent]`,
    `[sent][late]${dot(0.5)},${clock.join(',')}`,
  ].join(';')
}

/** The picture so many seconds into the talk, as a JPEG of the size of a card. */
export function takeFrame({ folder, slideEnds }: Material, seconds: number, signal: AbortSignal): Promise<Buffer> {
  const graph = `${picture(slideEnds, seconds % slideEnds.at(-1)!)},scale=320:180`
  const input = ['-v', 'error', '-nostdin', '-threads', '1', '-f', 'lavfi', '-i', graph]
  const output = ['-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '4', '-f', 'image2pipe', 'pipe:1']
  return runForBytes('ffmpeg', [...input, ...output], folder, signal)
}

/** How far down the deck the view is: a smooth turn at the end of each slide. */
function deckOffset(slideEnds: number[]): string {
  const time = `mod(t,${slideEnds.at(-1)})`
  const turns = slideEnds.map((end) => `clip((${time}-${end - TURN_SECONDS})/${TURN_SECONDS},0,1)`)
  return `${SLIDE.height}*(${turns.map((turn) => `pow(${turn},2)*(3-2*${turn})`).join('+')})`
}

/** Seconds since 1970 of the last local midnight: what the clock counts from. */
const midnight = (now: Date) => new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime() / 1000

/** Frames that are sent in one turn of the event loop leave in one write: the system call costs more than all else about them. */
import type { Writable } from 'node:stream'

/** Streams that are written to in one turn: those who come in or ask wait no longer than these take. */
const MOST_AT_ONCE = 1000

/** Holds back what is written to this stream until the end of this turn. */
export function gatherWrites(stream: Writable): void {
  if (stream.writableCorked > 0) return
  stream.cork()
  if (held.push(stream) === 1) setImmediate(letGo)
}

const held: Writable[] = []

function letGo(): void {
  for (const stream of held.splice(0, MOST_AT_ONCE)) stream.uncork()
  if (held.length > 0) setImmediate(letGo)
}

/** Frames that are sent in one turn of the event loop leave in one write: the system call costs more than all else about them. */
import type { Writable } from 'node:stream'

/** Holds back what is written to this stream until the end of this turn. */
export function gatherWrites(stream: Writable): void {
  if (stream.writableCorked > 0) return
  stream.cork()
  if (held.push(stream) === 1) setImmediate(letGo)
}

const held: Writable[] = []

function letGo(): void {
  for (const stream of held.splice(0)) stream.uncork()
}

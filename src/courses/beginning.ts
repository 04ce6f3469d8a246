/** The beginning of an article, for those who may try it. */

const CHARACTERS_PER_SECOND = 8

/**
 * As much as can be read in so many seconds, but no more than half; whole paragraphs where the first of them fits.
 * A block of code is not torn apart.
 */
export function beginningOf(body: string, seconds: number): string {
  const characters = [...body]
  const most = Math.min(seconds * CHARACTERS_PER_SECOND, Math.floor(characters.length / 2))
  const beginning = characters.slice(0, most).join('')
  const whole = beginning.slice(0, lastBreak(beginning))
  return whole.trim() ? whole.trimEnd() : beginning
}

/** Where the last paragraph ends that is whole, outside of fenced code. */
function lastBreak(text: string): number {
  let [place, found, fenced] = [0, 0, false]
  for (const line of text.split('\n')) {
    if (/^\s{0,3}(```|~~~)/.test(line)) fenced = !fenced
    else if (!fenced && line.trim() === '') found = place
    place += line.length + 1
  }
  return found
}

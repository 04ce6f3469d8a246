/** The rules of low-latency HLS that validators hold playlists to, over one reload after another. */

type Attributes = Record<string, string>
type LintSegment = {
  uri: string
  seconds: number | undefined
  discontinuity: boolean
  parts: Attributes[]
  date: string
}
type Parsed = { tags: Attributes; segments: LintSegment[]; open: LintSegment; hint?: Attributes; reports: Attributes[] }

const attributes = (line: string): Attributes =>
  Object.fromEntries(
    [...line.matchAll(/([A-Z0-9-]+)=("[^"]*"|[^,]*)/g)].map(([, name, value]) => [name!, value!.replaceAll('"', '')]),
  )

function parse(text: string): Parsed {
  const begin = (): LintSegment => ({ uri: '', seconds: undefined, discontinuity: false, parts: [], date: '' })
  const parsed: Parsed = { tags: {}, segments: [], open: begin(), reports: [] }
  for (const line of text.split('\n').filter(Boolean)) {
    const [tag, value = ''] = line.startsWith('#') ? line.split(/:(.*)/s) : ['', line]
    if (tag === '#EXT-X-PART') parsed.open.parts.push(attributes(value))
    else if (tag === '#EXTINF') parsed.open.seconds = Number.parseFloat(value)
    else if (tag === '#EXT-X-DISCONTINUITY') parsed.open.discontinuity = true
    else if (tag === '#EXT-X-PROGRAM-DATE-TIME') parsed.open.date = value
    else if (tag === '#EXT-X-PRELOAD-HINT') parsed.hint = attributes(value)
    else if (tag === '#EXT-X-RENDITION-REPORT') parsed.reports.push(attributes(value))
    else if (tag === '') {
      parsed.segments.push({ ...parsed.open, uri: value })
      parsed.open = begin()
    } else parsed.tags[tag!] = value
  }
  return parsed
}

export class HlsLint {
  readonly violations = new Set<string>()
  reloads = 0
  private before: Parsed | undefined
  private constants: string | undefined
  private readonly beginnings = new Map<number, string>()

  /** Looks at the next reload of a live media playlist that is no delta update. */
  check(text: string): void {
    const parsed = parse(text)
    this.reloads += 1
    const partInf = attributes(parsed.tags['#EXT-X-PART-INF'] ?? '')
    const control = attributes(parsed.tags['#EXT-X-SERVER-CONTROL'] ?? '')
    const [part, target] = [Number(partInf['PART-TARGET']), Number(parsed.tags['#EXT-X-TARGETDURATION'])]
    this.rule(Number(parsed.tags['#EXT-X-VERSION']) >= 9, 'version')
    this.rule(control['CAN-BLOCK-RELOAD'] === 'YES', 'no blocking reload')
    this.rule(Number(control['PART-HOLD-BACK']) >= 3 * part - 1e-6, 'PART-HOLD-BACK')
    this.rule(Number(control['HOLD-BACK']) >= 3 * target, 'HOLD-BACK')
    this.rule(Number(control['CAN-SKIP-UNTIL']) >= 6 * target, 'CAN-SKIP-UNTIL')
    this.rule(parsed.hint?.TYPE === 'PART', 'no preload hint')
    this.rule(parsed.reports.length > 0, 'no rendition report')
    const constants = JSON.stringify([partInf, control, target])
    this.rule(this.constants === undefined || this.constants === constants, 'a target changed')
    this.constants = constants
    for (const segment of [...parsed.segments, parsed.open]) this.checkSegment(segment, part, target)
    this.checkSequence(parsed)
    this.before = parsed
  }

  private checkSegment({ seconds, parts, uri, date }: LintSegment, part: number, target: number): void {
    if (seconds !== undefined) this.rule(Math.round(seconds) <= target, `EXTINF ${seconds} of ${uri}`)
    if (seconds !== undefined || parts.length > 0) this.rule(date !== '', 'no date')
    parts.forEach(({ DURATION, INDEPENDENT, URI }, index) => {
      const duration = Number(DURATION)
      this.rule(duration <= part + 1e-4, `part ${URI} of ${DURATION}`)
      const final = seconds !== undefined && index === parts.length - 1
      this.rule(final || INDEPENDENT === 'YES' || duration >= 0.85 * part - 1e-4, `short part ${URI} of ${DURATION}`)
    })
    const sum = parts.reduce((total, { DURATION }) => total + Number(DURATION), 0)
    if (seconds !== undefined && parts.length > 0) this.rule(Math.abs(sum - seconds) < 0.002, `${uri} is not its parts`)
  }

  private checkSequence(parsed: Parsed): void {
    const { before } = this
    const first = Number(parsed.tags['#EXT-X-MEDIA-SEQUENCE'])
    parsed.segments.forEach((segment, index) => {
      const beginning = JSON.stringify([segment.uri, segment.date, segment.discontinuity])
      const known = this.beginnings.get(first + index)
      this.rule(known === undefined || known === beginning, `segment ${first + index} changed`)
      this.beginnings.set(first + index, beginning)
    })
    if (!before) return
    this.rule(first >= Number(before.tags['#EXT-X-MEDIA-SEQUENCE']), 'MEDIA-SEQUENCE went back')
    const uris = [...parsed.segments, parsed.open].flatMap(({ parts }) => parts.map(({ URI }) => URI))
    const last = parsed.segments.at(-1)
    if (before.hint?.URI && last)
      this.rule(uris.includes(before.hint.URI) || sameHint(before, parsed), 'a hinted part did not come')
  }

  private rule(holds: boolean, violation: string): void {
    if (!holds) this.violations.add(violation)
  }
}

const sameHint = (before: Parsed, now: Parsed) => before.hint?.URI === now.hint?.URI

/** What an entry of the audit log says besides who did what: each action keeps it in a way of its own, and here it is one. */
export type Change = { name: string; before?: unknown; after: unknown }

type Details = Record<string, unknown>

/** Ids say nothing to people, and what they are of is named beside them. */
const isId = (name: string) => /^id$|Id$/.test(name)
const isNothing = (value: unknown) => value === undefined || value === ''
const isObject = (value: unknown): value is Details => typeof value === 'object' && value !== null

export function changesOf({ before, after, change, from, to, ...rest }: Details): Change[] {
  const moved = isNothing(to) ? [] : [{ name: 'state', before: from, after: to }]
  const next = after ?? change
  const changed = isObject(before) && isObject(next) ? differences(before, next) : []
  const said = Object.entries(rest).map(([name, value]) => ({ name, after: value }))
  return [...moved, ...changed, ...said].filter(({ name, after }) => !isId(name) && !isNothing(after)).map(counted)
}

const differences = (before: Details, after: Details): Change[] =>
  Object.keys(after)
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({ name, before: before[name], after: after[name] }))

/** Of a list of ids, how many. */
const counted = (change: Change): Change =>
  change.name === 'courseIds' && Array.isArray(change.after) ? { name: 'courses', after: change.after.length } : change

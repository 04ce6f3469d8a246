/** The part of an address in which the right to play stands: what follows it is the same for everyone. */

/** Empty where there is none. */
export const grantOf = (url: string): string => /^.*?(\/api\/(?:play|live|replay)\/[^/]+\/)/.exec(url)?.[1] ?? ''

/** The same address under another right. */
export const regrant = (url: string, grant: string): string => url.replace(grantOf(url), grant)

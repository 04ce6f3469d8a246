/** How the text of a setting becomes its value; what is wrong with it is thrown as a rule in words. */

/** Reads one setting by its name: the fallback where it is absent or empty, or wrong, which is noted. */
export type Read = <T>(name: string, fallback: T, parse: (text: string) => T) => T

export const fail = (rule: string): never => {
  throw new Error(rule)
}

export const integer = (minimum: number, maximum: number) => (text: string) => {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  return value >= minimum && value <= maximum ? value : fail(`must be a whole number from ${minimum} to ${maximum}`)
}

export const flag = (text: string) =>
  text === 'true' ? true : text === 'false' ? false : fail('must be true or false')

export const oneOf =
  <W extends string>(...words: W[]) =>
  (text: string): W =>
    words.find((word) => word === text) ?? fail(`must be one of ${words.join(', ')}`)

export const url =
  (...schemes: string[]) =>
  (text: string) =>
    URL.canParse(text) && schemes.includes(new URL(text).protocol)
      ? text
      : fail(`must be an address that starts with ${schemes.join(' or ')}`)

/** Scheme, host and port, and nothing after them. */
export const origin = (text: string) =>
  URL.canParse(text) && new URL(text).origin === text.toLowerCase()
    ? new URL(text).origin
    : fail('must be like https://media.example.com, without anything after the host')

export const longSecret = (text: string) => (text.length >= 32 ? text : fail('must have at least 32 characters'))

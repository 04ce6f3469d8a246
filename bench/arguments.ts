/** What was asked for on the command line. */

export type Request = {
  names: string[]
  /** One line of JSON per name instead of tables. */
  json: boolean
  help: boolean
  /** How long, or how often, where other than usual. */
  seconds: number | undefined
  rounds: number | undefined
}

/** Throws an error whose message tells what cannot be understood. No names means every one. */
export function parseArguments(args: readonly string[], known: readonly string[]): Request {
  const flags = { '--json': false, '--help': false }
  const numbers: { seconds: number | undefined; rounds: number | undefined } = { seconds: undefined, rounds: undefined }
  const names: string[] = []
  for (const arg of args) {
    const [, number, value] = /^--(seconds|rounds)=([1-9]\d{0,4})$/.exec(arg) ?? []
    if (number) numbers[number as keyof typeof numbers] = Number(value)
    else if (Object.hasOwn(flags, arg)) flags[arg as keyof typeof flags] = true
    else if (!known.includes(arg)) throw new Error(`There is no ${JSON.stringify(arg)}.`)
    else if (!names.includes(arg)) names.push(arg)
  }
  return {
    names: names.length > 0 ? names : [...known],
    json: flags['--json'],
    help: flags['--help'],
    ...numbers,
  }
}

export const usage = (command: string, listed: readonly { name: string; about: string }[], more: string[] = []) =>
  [
    `npm run ${command} -- [NAME …] [--json]`,
    '',
    ...listed.map(({ name, about }) => `  ${name.padEnd(13)} ${about}`),
    '',
    '  --json        one line of JSON per name, and nothing else, on standard output',
    ...more,
  ].join('\n')

/** What was asked for on the command line. */

export type Request = {
  names: string[]
  /** One line of JSON per benchmark instead of tables. */
  json: boolean
  help: boolean
}

/** Throws an error whose message tells what cannot be understood. No names means every benchmark. */
export function parseArguments(args: readonly string[], known: readonly string[]): Request {
  const flags = { '--json': false, '--help': false }
  const names: string[] = []
  for (const arg of args) {
    if (Object.hasOwn(flags, arg)) flags[arg as keyof typeof flags] = true
    else if (!known.includes(arg)) throw new Error(`There is no benchmark ${JSON.stringify(arg)}.`)
    else if (!names.includes(arg)) names.push(arg)
  }
  return {
    names: names.length > 0 ? names : [...known],
    json: flags['--json'],
    help: flags['--help'],
  }
}

export const usage = (benchmarks: readonly { name: string; about: string }[]) =>
  [
    'npm run bench -- [NAME …] [--json]',
    '',
    ...benchmarks.map(({ name, about }) => `  ${name.padEnd(9)} ${about}`),
    '',
    '  --json    one line of JSON per benchmark, and nothing else, on standard output',
  ].join('\n')

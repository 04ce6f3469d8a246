/** Figures as Markdown tables, which read well in a terminal and which the docs quote. */
import { type Aim, type Benchmark, type Figures, isMet } from './benchmark.ts'
import { rounded } from './statistics.ts'

export const jsonLine = (command: string, name: string, figures: Figures) =>
  JSON.stringify({ [command]: name, figures: roundedAll(figures) })

export const roundedAll = (figures: Figures): Figures =>
  Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, rounded(figure)]))

export const factsTable = (facts: Record<string, string>) => table(['Machine', ''], Object.entries(facts))

export function figuresTable({ aims }: Pick<Benchmark, 'aims'>, figures: Figures): string {
  const rows = Object.entries(figures).map(([name, figure]) => {
    const aim = aims[name]
    return [name, String(rounded(figure)), aim ? wordsFor(aim) : '', aim ? (isMet(aim, figure) ? 'met' : 'missed') : '']
  })
  return table(['Figure', 'Value', 'Aim', ''], rows)
}

const wordsFor = (aim: Aim) => ('atMost' in aim ? `≤ ${aim.atMost}` : `≥ ${aim.atLeast}`)

function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]!.length)))
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

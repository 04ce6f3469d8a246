/** A table on a wide screen; on a phone each row is a card with its labels. */
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export type Column<T> = {
  name: string
  cell: (row: T) => ReactNode
  /** Figures stand at the end, one under the other. */
  figures?: boolean
}

type Props<T> = { label: string; columns: Column<T>[]; rows: T[]; keyOf: (row: T) => string }

// The roles are said, because a table whose parts are shown as blocks is no table to a screen reader.
export function Table<T>({ label, columns, rows, keyOf }: Props<T>) {
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    <table role="table" aria-label={label} className="w-full border-collapse text-sm max-md:block">
      <thead role="rowgroup" className="max-md:sr-only">
        <tr role="row" className="border-b text-start text-muted text-xs">
          {columns.map(({ name, figures }) => (
            <th
              key={name}
              role="columnheader"
              scope="col"
              className={classes('px-3 py-2 font-normal first:ps-0 last:pe-0', figures ? 'text-end' : 'text-start')}
            >
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="max-md:flex max-md:flex-col max-md:gap-3">
        {rows.map((row) => (
          <tr
            key={keyOf(row)}
            role="row"
            className="border-b last:border-0 max-md:flex max-md:flex-col max-md:gap-1.5 max-md:rounded-card max-md:border max-md:bg-surface max-md:p-4"
          >
            {columns.map(({ name, cell, figures }) => (
              <td
                key={name}
                role="cell"
                className={classes(
                  'px-3 py-3 align-middle first:ps-0 last:pe-0 max-md:flex max-md:items-center max-md:justify-between max-md:gap-4 max-md:p-0',
                  figures && 'tabular whitespace-nowrap text-end',
                )}
              >
                <span aria-hidden className="shrink-0 text-muted text-xs md:hidden">
                  {name}
                </span>
                <span className="min-w-0 max-md:text-end">{cell(row)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  )
}

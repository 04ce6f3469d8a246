/** A table on a wide screen; on a phone each row is a card with its labels. */
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export type Column<T> = {
  name: string
  cell: (row: T) => ReactNode
  /** Figures stand at the end, one under the other. */
  figures?: boolean
  /** Where it stands in the card on a phone, instead of a line with its name: at the top, in the corner, or at the foot. */
  place?: 'title' | 'corner' | 'body' | 'action'
}

type Props<T> = { label: string; columns: Column<T>[]; rows: T[]; keyOf: (row: T) => string }

const inCard = {
  title: 'max-md:order-first max-md:pe-8 max-md:font-medium max-md:text-base',
  corner: 'max-md:absolute max-md:end-2 max-md:top-3',
  body: '',
  action: 'max-md:order-last max-md:mt-1.5 max-md:justify-end max-md:border-t max-md:pt-3',
}

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
              className={classes(
                'whitespace-nowrap px-3 py-2 font-normal first:ps-0 last:pe-0',
                figures ? 'text-end' : 'text-start',
              )}
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
            className="border-b max-md:relative max-md:flex max-md:flex-col max-md:gap-1.5 max-md:rounded-card max-md:border max-md:bg-surface max-md:p-4 md:last:border-0"
          >
            {columns.map(({ name, cell, figures, place }) => (
              <td
                key={name}
                role="cell"
                className={classes(
                  'px-3 py-3 align-middle first:ps-0 last:pe-0 max-md:flex max-md:items-baseline max-md:justify-between max-md:gap-4 max-md:p-0',
                  // A card leaves out what is empty.
                  'max-md:has-[>span:last-child:empty]:hidden',
                  figures && 'tabular text-end md:whitespace-nowrap',
                  place && inCard[place],
                )}
              >
                {!place && (
                  <span aria-hidden className="shrink-0 text-muted text-xs md:hidden">
                    {name}
                  </span>
                )}
                <span className={classes('min-w-0', !place && 'max-md:text-end')}>{cell(row)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  )
}

/** Places side by side, each with an address of its own. */
import { type ReactNode, useEffect, useRef } from 'react'
import { NavLink, useSearchParams } from 'react-router'
import { classes } from './classes.ts'

const tabClasses = (active: boolean) =>
  classes(
    'inline-flex h-10 shrink-0 items-center border-b-2 outline-offset-[-2px] px-3 text-sm transition-colors duration-150',
    active ? 'border-accent font-medium text-text' : 'border-transparent text-muted hover:text-text',
  )

const rowClasses = 'scroll-quiet -mb-px flex min-w-0 overflow-x-auto border-b'

export function LinkTabs({ label, tabs }: { label: string; tabs: { to: string; name: ReactNode }[] }) {
  const row = useRef<HTMLElement>(null)
  // On a phone the row is longer than the screen: one sees where one is.
  useEffect(() => {
    row.current?.querySelector('[aria-current=page]')?.scrollIntoView({ inline: 'center', block: 'nearest' })
  }, [])
  return (
    <nav ref={row} aria-label={label} className={rowClasses}>
      {tabs.map(({ to, name }) => (
        <NavLink key={to} to={to} className={({ isActive }) => tabClasses(isActive)}>
          {name}
        </NavLink>
      ))}
    </nav>
  )
}

type FilterProps<F extends string> = { label: string; filters: readonly F[]; nameOf: (filter: F) => string }

/** Which part of a list is shown: kept in the address as `?filter=`. */
export function FilterTabs<F extends string>({ label, filters, nameOf }: FilterProps<F>) {
  const [chosen, choose] = useFilter(filters)
  return (
    <fieldset aria-label={label} className={rowClasses}>
      {filters.map((filter) => (
        <button
          key={filter}
          type="button"
          aria-pressed={filter === chosen}
          className={tabClasses(filter === chosen)}
          onClick={() => choose(filter)}
        >
          {nameOf(filter)}
        </button>
      ))}
    </fieldset>
  )
}

export function useFilter<F extends string>(filters: readonly F[]): [F, (filter: F) => void] {
  const [search, setSearch] = useSearchParams()
  const chosen = filters.find((filter) => filter === search.get('filter')) ?? filters[0]!
  const choose = (filter: F) =>
    setSearch(
      (before) => {
        before.set('filter', filter)
        return before
      },
      { replace: true },
    )
  return [chosen, choose]
}

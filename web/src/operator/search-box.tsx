/** A search that is part of the address. */
import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useSearchParams } from 'react-router'
import { classes } from '../ui/classes.ts'
import { inputClasses } from '../ui/field.tsx'

const PAUSE_MS = 300

/** What must not be in an address, which proxies write down: it is told to the page instead. */
type Private = { is: (text: string) => boolean; tell: (text: string) => void }

export function SearchBox({ label, secret }: { label: string; secret?: Private }) {
  const [search, setSearch] = useSearchParams()
  const [typed, setTyped] = useState(search.get('search') ?? '')
  const { is, tell } = secret ?? {}
  useEffect(() => {
    const timer = setTimeout(() => {
      const hidden = is?.(typed) ?? false
      tell?.(hidden ? typed : '')
      setSearch(
        (before) => {
          if (typed && !hidden) before.set('search', typed)
          else before.delete('search')
          return before
        },
        { replace: true },
      )
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed, setSearch, is, tell])
  return (
    <div className="relative w-full sm:w-72">
      <Search size={16} aria-hidden className="pointer-events-none absolute inset-y-0 start-3 my-auto text-muted" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        maxLength={64}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className={classes(inputClasses(), 'h-10 ps-9')}
      />
    </div>
  )
}

export const useSearch = (): string => useSearchParams()[0].get('search') ?? ''

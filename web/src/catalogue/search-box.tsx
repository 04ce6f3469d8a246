/** Looks for words while they are typed; a word in the making (IME) is waited for. */
import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { inputClasses } from '../ui/field.tsx'

const PAUSE_MS = 350
const LONGEST = 80

type Props = { value: string; onChange: (words: string) => void }

export function SearchBox({ value, onChange }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(value)
  const composing = useRef(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const said = useRef(value)
  // The address changed by itself: back, or a link.
  useEffect(() => {
    if (value !== said.current) setTyped(value)
    said.current = value
  }, [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  const say = (words: string) => {
    clearTimeout(timer.current)
    said.current = words.trim()
    onChange(said.current)
  }
  const later = (words: string) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => say(words), PAUSE_MS)
  }
  return (
    <search className="min-w-0 flex-1">
      <form
        className="relative"
        onSubmit={(event) => {
          event.preventDefault()
          say(typed)
        }}
      >
        <Search size={18} aria-hidden className="pointer-events-none absolute inset-y-0 start-3 my-auto text-muted" />
        <input
          type="search"
          value={typed}
          maxLength={LONGEST}
          enterKeyHint="search"
          autoComplete="off"
          placeholder={t('catalogue.searchPlaceholder')}
          aria-label={t('catalogue.search')}
          data-testid="course-search"
          onChange={({ target }) => {
            setTyped(target.value)
            if (!composing.current) later(target.value)
          }}
          onCompositionStart={() => {
            composing.current = true
          }}
          onCompositionEnd={({ currentTarget }) => {
            composing.current = false
            later(currentTarget.value)
          }}
          className={classes(inputClasses(), 'h-11 ps-10 pe-10 sm:h-10 [&::-webkit-search-cancel-button]:hidden')}
        />
        {typed && (
          <IconButton
            small
            className="absolute inset-y-0 end-1.5 my-auto text-muted"
            label={t('catalogue.clearSearch')}
            icon={<X size={16} />}
            onClick={() => {
              setTyped('')
              say('')
            }}
          />
        )}
      </form>
    </search>
  )
}

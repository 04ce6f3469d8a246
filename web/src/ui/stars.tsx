/** How well something is liked: five stars to look at, and five to choose from. */
import { Star } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { classes } from './classes.ts'

export const MOST_STARS = 5
const places = [1, 2, 3, 4, 5]
const words = ['veryPoor', 'poor', 'fair', 'good', 'excellent'] as const

export function Stars({ value, size = 14 }: { value: number; size?: number }) {
  const { t } = useTranslation()
  return (
    <span role="img" aria-label={t('stars.of', { value: rounded(value) })} className="relative inline-flex">
      <StarRow size={size} className="fill-line text-line" />
      <span className="absolute inset-y-0 start-0 overflow-hidden" style={{ width: `${(value / MOST_STARS) * 100}%` }}>
        <StarRow size={size} className="fill-accent text-accent" />
      </span>
    </span>
  )
}

/** 4.7: one digit, and none where it is round. */
export const rounded = (value: number) => String(Math.round(value * 10) / 10)

const StarRow = ({ size, className }: { size: number; className: string }) => (
  <span aria-hidden className="flex w-max gap-0.5">
    {places.map((place) => (
      <Star key={place} size={size} strokeWidth={1.5} className={classes('shrink-0', className)} />
    ))}
  </span>
)

type InputProps = { label: string; value: number; onChange: (value: number) => void; disabled?: boolean }

/** Five radio buttons that look like stars: arrows change, Tab leaves. */
export function StarsInput({ label, value, onChange, disabled }: InputProps) {
  const { t } = useTranslation()
  const name = useId()
  const [pointed, setPointed] = useState(0)
  const wordOf = (place: number) => t(`stars.words.${words[place - 1] ?? 'fair'}`)
  const lit = pointed || value
  return (
    <fieldset disabled={disabled} onPointerLeave={() => setPointed(0)}>
      <legend className="font-medium text-sm">{label}</legend>
      <div className="mt-1 flex items-center">
        {places.map((place) => (
          <label
            key={place}
            title={wordOf(place)}
            onPointerEnter={() => setPointed(place)}
            className="cursor-pointer rounded-control p-1 has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={place}
              checked={value === place}
              onChange={() => onChange(place)}
              className="sr-only"
              aria-label={`${t('stars.of', { value: place })} ${wordOf(place)}`}
              data-testid={`star-${place}`}
            />
            <Star
              size={26}
              strokeWidth={1.5}
              aria-hidden
              className={classes(
                'transition-colors duration-150',
                place <= lit ? 'fill-accent text-accent' : 'fill-transparent text-line-strong',
              )}
            />
          </label>
        ))}
        <span className="ms-2 text-muted text-sm" aria-hidden>
          {lit > 0 && wordOf(lit)}
        </span>
      </div>
    </fieldset>
  )
}

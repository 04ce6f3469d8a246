/** The browser's own list of choices: works with every keyboard, screen reader and phone. */
import { ChevronDown } from 'lucide-react'
import { type ComponentProps, useId } from 'react'
import { classes } from './classes.ts'
import { inputClasses } from './field.tsx'

type Props = ComponentProps<'select'> & {
  label: string
  /** The label is only spoken. */
  labelHidden?: boolean
}

export function Select({ label, labelHidden, ...select }: Props) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className={labelHidden ? 'sr-only' : 'font-medium text-sm'}>
        {label}
      </label>
      <div className="relative">
        <select id={id} {...select} className={classes(inputClasses(), 'h-11 appearance-none truncate pe-9 sm:h-10')} />
        <ChevronDown
          size={16}
          aria-hidden
          className="pointer-events-none absolute inset-y-0 end-3 my-auto text-muted"
        />
      </div>
    </div>
  )
}

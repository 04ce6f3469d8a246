/** A labelled input with its hint, and its mistake where it happened. */
import { Eye, EyeOff } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './button.tsx'
import { classes } from './classes.ts'

export const inputClasses = (wrong = false) =>
  classes(
    'w-full rounded-control border bg-surface px-3 text-base placeholder:text-muted sm:text-sm',
    'transition-colors duration-150 focus:border-accent focus-visible:outline-offset-0',
    wrong ? 'border-accent' : 'border-line-strong',
  )

type Frame = { label: string; hint?: ReactNode; error?: string | undefined }

function FieldFrame({ label, hint, error, id, children }: Frame & { id: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-sm">
        {label}
      </label>
      {children}
      {error ? (
        <p id={`${id}-note`} role="alert" className="text-accent text-xs">
          {error}
        </p>
      ) : (
        hint && (
          <p id={`${id}-note`} className="text-muted text-xs">
            {hint}
          </p>
        )
      )}
    </div>
  )
}

export function Field({ label, hint, error, ...input }: Frame & ComponentProps<'input'>) {
  const id = useId()
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <input
        id={id}
        aria-describedby={`${id}-note`}
        aria-invalid={error ? true : undefined}
        {...input}
        className={classes(inputClasses(Boolean(error)), 'h-11 sm:h-10', input.className)}
      />
    </FieldFrame>
  )
}

export function TextField({ label, hint, error, ...input }: Frame & ComponentProps<'textarea'>) {
  const id = useId()
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <textarea
        id={id}
        rows={4}
        aria-describedby={`${id}-note`}
        aria-invalid={error ? true : undefined}
        {...input}
        className={classes(inputClasses(Boolean(error)), 'resize-y py-2 leading-relaxed')}
      />
    </FieldFrame>
  )
}

export function PasswordField(props: Frame & ComponentProps<'input'>) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(false)
  const { label, hint, error, ...input } = props
  const id = useId()
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <div className="relative">
        <input
          id={id}
          type={shown ? 'text' : 'password'}
          aria-describedby={`${id}-note`}
          aria-invalid={error ? true : undefined}
          {...input}
          className={classes(inputClasses(Boolean(error)), 'h-11 pe-11 sm:h-10')}
        />
        <IconButton
          small
          className="absolute inset-y-0 end-1 my-auto text-muted"
          label={t(shown ? 'account.hidePassword' : 'account.showPassword')}
          icon={shown ? <EyeOff size={16} /> : <Eye size={16} />}
          onClick={() => setShown(!shown)}
        />
      </div>
    </FieldFrame>
  )
}

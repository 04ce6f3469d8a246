/** A dialog: in the middle on a wide screen, from below on a phone. Escape and the page behind it close it. */
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './button.tsx'
import { classes } from './classes.ts'

type Props = {
  open: boolean
  onClose: () => void
  title: string
  text?: ReactNode
  children?: ReactNode
  /** The buttons, the one that does it last. */
  actions?: ReactNode
  wide?: boolean
}

export function Dialog({ open, onClose, title, text, children, actions, wide }: Props) {
  const { t } = useTranslation()
  const content = useRef<HTMLDivElement>(null)
  const footer = useRef<HTMLElement>(null)
  // The first thing to fill in, else the harmless button: never the cross in the corner.
  const focusFirst = (event: Event) => {
    const first = content.current?.querySelector<HTMLElement>('input, textarea, select')
    const chosen = first ?? footer.current?.querySelector<HTMLElement>('button')
    if (!chosen) return
    event.preventDefault()
    chosen.focus()
  }
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-scrim" />
        <Radix.Content
          ref={content}
          onOpenAutoFocus={focusFirst}
          {...(text ? {} : { 'aria-describedby': undefined })}
          className={classes(
            'fixed z-50 flex max-h-[90dvh] animate-rise flex-col bg-raised shadow-raised',
            'inset-x-0 bottom-0 rounded-t-2xl pb-[env(safe-area-inset-bottom)]',
            'sm:inset-0 sm:m-auto sm:h-fit sm:w-full sm:rounded-card sm:pb-0',
            wide ? 'sm:max-w-2xl' : 'sm:max-w-md',
          )}
        >
          <Radix.Title className="display px-5 pe-14 pt-5 text-lg sm:px-6 sm:pe-14">{title}</Radix.Title>
          <div className="scroll-quiet min-h-0 flex-1 overflow-y-auto px-5 pt-2 pb-5 sm:px-6">
            {text && <Radix.Description className="text-muted text-sm">{text}</Radix.Description>}
            {children && <div className="pt-3">{children}</div>}
          </div>
          <Radix.Close asChild>
            <IconButton
              small
              className="absolute end-4 top-4 text-muted"
              label={t('actions.close')}
              icon={<X size={18} />}
            />
          </Radix.Close>
          {actions && (
            <footer
              ref={footer}
              className="flex flex-col-reverse gap-2 border-t px-5 py-4 sm:flex-row sm:justify-end sm:px-6"
            >
              {actions}
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** A menu that drops from a button. */
import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { classes } from './classes.ts'

type Props = {
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'end' | 'center'
  side?: 'top' | 'bottom'
  onOpen?: () => void
}

export function Menu({ trigger, children, align = 'end', side = 'bottom', onOpen }: Props) {
  const [open, setOpen] = useState(false)
  const change = (opens: boolean) => {
    setOpen(opens)
    if (opens) onOpen?.()
  }
  return (
    <DropdownMenu.Root modal={false} open={open} onOpenChange={change}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={document.fullscreenElement as HTMLElement | null}>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 min-w-44 max-w-[min(20rem,var(--radix-dropdown-menu-content-available-width))] animate-rise rounded-card border bg-raised p-1 text-sm text-text shadow-raised"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

const itemClasses =
  'flex w-full cursor-pointer select-none items-center gap-2.5 rounded-control px-3 py-2 outline-none data-[highlighted]:bg-sunken data-[disabled]:opacity-50'

type ItemProps = { icon?: ReactNode; children: ReactNode; onSelect: () => void; testId?: string }

export function MenuItem({ icon, children, onSelect, testId }: ItemProps) {
  return (
    <DropdownMenu.Item className={itemClasses} onSelect={onSelect} data-testid={testId}>
      {icon && <span className="shrink-0 text-muted">{icon}</span>}
      {children}
    </DropdownMenu.Item>
  )
}

type ChoiceProps<V extends string> = {
  label: string
  value: V
  options: readonly { value: V; label: string }[]
  onChange: (value: V) => void
}

export function MenuChoice<V extends string>({ label, value, options, onChange }: ChoiceProps<V>) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as V)}>
      <DropdownMenu.Label className="px-3 pt-2 pb-1 text-muted text-xs">{label}</DropdownMenu.Label>
      {options.map((option) => (
        <DropdownMenu.RadioItem key={option.value} value={option.value} className={itemClasses}>
          <span className="min-w-0 flex-1 break-words">{option.label}</span>
          <Check
            size={16}
            aria-hidden
            className={classes('shrink-0 text-accent', option.value !== value && 'invisible')}
          />
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  )
}

export const MenuLine = () => <DropdownMenu.Separator className="mx-2 my-1 h-px bg-line" />

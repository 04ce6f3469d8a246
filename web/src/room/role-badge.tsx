/** Says of teachers and assistants what they are; students have none. */
import { useTranslation } from 'react-i18next'
import type { Role } from '../../../signaling/protocol/events.ts'
import { classes } from '../ui/classes.ts'

export function RoleBadge({ role }: { role: Role }) {
  const { t } = useTranslation()
  if (role === 'student') return null
  return (
    <span
      data-testid="role-badge"
      className={classes(
        'shrink-0 whitespace-nowrap rounded px-1 text-[0.6875rem] leading-4',
        role === 'teacher' ? 'bg-accent-fill text-on-accent' : 'bg-accent-soft text-accent',
      )}
    >
      {t(`roles.${role}`)}
    </span>
  )
}

/** Whom one may mean by what is typed after an @: above the input, for keyboard and finger. */
import { useTranslation } from 'react-i18next'
import { Avatar } from '../ui/avatar.tsx'
import { classes } from '../ui/classes.ts'
import { RoleBadge } from './role-badge.tsx'
import type { MentionList } from './use-mention-list.ts'

/** Names the list and its rows for the input that they belong to. */
export const MENTION_LIST = 'mention-list'
export const mentionRow = (index: number) => `${MENTION_LIST}-${index}`

export function MentionMenu({ list: { people, current, pick } }: { list: MentionList }) {
  const { t } = useTranslation()
  if (people.length === 0) return null
  return (
    <div className="relative">
      <div
        id={MENTION_LIST}
        role="listbox"
        aria-label={t('room.chat.mentionWhom')}
        data-testid="mention-list"
        className="absolute inset-x-0 bottom-1.5 z-20 max-h-64 overflow-y-auto rounded-card border bg-raised p-1 shadow-raised"
      >
        {people.map((person, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the input has the keyboard
          <div
            key={person.peerId}
            id={mentionRow(index)}
            role="option"
            aria-selected={index === current}
            // A tap must not take the keyboard away.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => pick(person)}
            data-testid={`mention-${person.peerId}`}
            className={classes(
              'flex min-h-10 cursor-pointer items-center gap-2.5 rounded-control px-2 text-sm hover:bg-sunken',
              index === current && 'bg-sunken',
            )}
          >
            <Avatar name={person.displayName} staff={person.role !== 'student'} size="sm" />
            <span className="min-w-0 truncate">{person.displayName}</span>
            <RoleBadge role={person.role} />
          </div>
        ))}
      </div>
    </div>
  )
}

/** The tabs of a rail, each with what waits in it. */
import { Tabs } from 'radix-ui'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { count } from '../format.ts'
import { classes } from '../ui/classes.ts'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

export type RailTab = 'chat' | 'questions' | 'hands' | 'poll' | 'people'
/** A number, or a dot where it only matters that there is something. */
type Mark = { value: number | boolean; loud?: boolean }

type Props<T extends RailTab> = {
  tab: T
  onTab: (tab: T) => void
  tabs: { name: T; mark: Mark; content: ReactNode }[]
}

export function RailTabs<T extends RailTab>({ tab, onTab, tabs }: Props<T>) {
  const { t } = useTranslation()
  return (
    <Tabs.Root value={tab} onValueChange={(next) => onTab(next as T)} className="flex min-h-0 flex-1 flex-col">
      <Tabs.List aria-label={t('room.tabs.label')} className="short:hidden flex shrink-0 border-b px-1">
        {tabs.map(({ name, mark }) => (
          <Tabs.Trigger
            key={name}
            value={name}
            data-testid={`tab-${name}`}
            className="-mb-px flex h-11 min-w-0 flex-1 items-center justify-center gap-1.5 border-transparent border-b-2 px-1 text-muted text-sm transition-colors duration-150 hover:text-text data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-text"
          >
            <span className="truncate">{t(`room.tabs.${name}`)}</span>
            <MarkView {...mark} />
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {tabs.map(({ name, content }) => (
        <Tabs.Content key={name} value={name} className="flex min-h-0 flex-1 flex-col data-[state=inactive]:hidden">
          {content}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  )
}

function MarkView({ value, loud }: Mark) {
  if (!value) return null
  if (value === true) return <span aria-hidden className="size-1.5 shrink-0 rounded-full bg-accent-fill" />
  return (
    <span
      className={classes(
        'tabular inline-flex h-5 min-w-5 items-center justify-center rounded-full px-1.5 text-xs',
        loud ? 'bg-accent-fill text-on-accent' : 'bg-sunken text-muted',
      )}
    >
      {count(value)}
    </span>
  )
}

/** How many messages came while another tab was open; loud where one of them calls the viewer by name. */
export function useUnreadMessages(visible: boolean): Mark {
  const { chat, room } = useRoom().classroom
  const unread = useUnread(
    visible,
    useStorePart(chat.view, (view) => view.messages),
  )
  const selfId = useStorePart(room, ({ self }) => self?.peerId)
  const loud = unread.some(({ mentions }) => mentions.some(({ peerId }) => peerId === selfId))
  return { value: unread.length, loud }
}

/** How many questions came while another tab was open. */
export function useUnreadQuestions(visible: boolean): number {
  const { questions } = useRoom().classroom
  return useUnread(
    visible,
    useStorePart(questions.view, (view) => view.questions),
  ).length
}

function useUnread<T extends { seq: number }>(visible: boolean, items: readonly T[]): readonly T[] {
  const seen = useRef(items.at(-1)?.seq ?? 0)
  useEffect(() => {
    if (visible) seen.current = items.at(-1)?.seq ?? seen.current
  }, [visible, items])
  return visible ? [] : items.filter(({ seq }) => seq > seen.current)
}

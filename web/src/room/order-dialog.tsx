/** The rules of the room, and who was sent out of it. */
import { useQuery } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { limits } from '../../../signaling/protocol/constants.ts'
import type { RoomSettings } from '../../../signaling/protocol/events.ts'
import { timeOfDay } from '../format.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Select } from '../ui/select.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { useStorePart } from '../use-store.ts'
import { BannedWords } from './banned-words.tsx'
import { useRoom } from './classroom-context.ts'
import { OrderHistory } from './order-history.tsx'
import { useAct } from './use-act.ts'

/** Others keep order, too. */
const REFRESH_MS = 5000
const WAITS = [0, 5, 10, 30, 60, 300]
const SPEAKERS = Array.from({ length: limits.speakers }, (_, place) => place + 1)

export function OrderButton() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <IconButton
        label={t('room.order.title')}
        icon={<ShieldCheck size={20} />}
        onClick={() => setOpen(true)}
        data-testid="order-open"
      />
      {open && <OrderDialog onClose={() => setOpen(false)} />}
    </>
  )
}

function OrderDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog open onClose={onClose} title={t('room.order.title')} text={t('room.order.text')}>
      <div className="flex flex-col gap-6">
        <Rules />
        <BannedWords />
        <Removed />
        <OrderHistory />
      </div>
    </Dialog>
  )
}

function Rules() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const settings = useStorePart(classroom.room, (room) => room.settings)
  const change = (wish: Partial<RoomSettings>) => void act(() => classroom.order.changeSettings(wish))
  return (
    <section aria-label={t('room.order.rules')} className="flex flex-col gap-4">
      <Switch
        label={t('room.order.everyoneMuted')}
        hint={t('room.order.everyoneMutedHint')}
        on={settings.everyoneMuted}
        onChange={(everyoneMuted) => change({ everyoneMuted })}
        testId="everyone-muted"
      />
      <Switch
        label={t('room.questions.allowHiding')}
        on={settings.anonymousQuestions}
        onChange={(anonymousQuestions) => change({ anonymousQuestions })}
        testId="anonymous-questions"
      />
      <Switch
        label={t('room.order.review')}
        hint={t('room.order.reviewHint')}
        on={settings.review}
        onChange={(review) => change({ review })}
        testId="review"
      />
      <Select
        label={t('room.order.contacts')}
        value={settings.contacts}
        onChange={({ target }) => change({ contacts: target.value as RoomSettings['contacts'] })}
        data-testid="contacts"
      >
        {(['allow', 'hold', 'refuse'] as const).map((choice) => (
          <option key={choice} value={choice}>
            {t(`room.order.contactsAre.${choice}`)}
          </option>
        ))}
      </Select>
      <Select
        label={t('room.order.pictures')}
        value={settings.pictures}
        onChange={({ target }) => change({ pictures: target.value as RoomSettings['pictures'] })}
        data-testid="pictures"
      >
        {(['allow', 'hold', 'refuse'] as const).map((choice) => (
          <option key={choice} value={choice}>
            {t(`room.order.contactsAre.${choice}`)}
          </option>
        ))}
      </Select>
      <Select
        label={t('room.order.slowMode')}
        value={settings.slowModeSeconds}
        onChange={({ target }) => change({ slowModeSeconds: Number(target.value) })}
        data-testid="slow-mode"
      >
        {[...new Set([...WAITS, settings.slowModeSeconds])].map((seconds) => (
          <option key={seconds} value={seconds}>
            {seconds === 0 ? t('room.order.slowModeOff') : t('room.order.slowModeOf', { count: seconds })}
          </option>
        ))}
      </Select>
      <Select
        label={t('room.order.speakers')}
        value={settings.speakers}
        onChange={({ target }) => change({ speakers: Number(target.value) })}
        data-testid="speakers"
      >
        {SPEAKERS.map((count) => (
          <option key={count}>{count}</option>
        ))}
      </Select>
    </section>
  )
}

type SwitchProps = { label: string; hint?: string; on: boolean; onChange: (on: boolean) => void; testId: string }

function Switch({ label, hint, on, onChange, testId }: SwitchProps) {
  return (
    <label className="flex items-start gap-3 text-sm">
      <input
        type="checkbox"
        checked={on}
        onChange={({ target }) => onChange(target.checked)}
        data-testid={testId}
        className="mt-1 size-4 shrink-0 accent-accent-fill"
      />
      <span>
        <span className="font-medium">{label}</span>
        {hint && <span className="block text-muted text-xs">{hint}</span>}
      </span>
    </label>
  )
}

function Removed() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom, lesson } = useRoom()
  const list = useQuery({
    queryKey: ['removed', lesson.id],
    queryFn: () => classroom.order.removed(),
    refetchInterval: REFRESH_MS,
    gcTime: 0,
    staleTime: 0,
  })
  return (
    <section aria-label={t('room.order.removed')}>
      <h3 className="mb-1 font-medium text-sm">{t('room.order.removed')}</h3>
      {list.isPending && <Skeleton className="h-8" />}
      {list.error && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.length === 0 && <p className="text-muted text-sm">{t('room.order.nobodyRemoved')}</p>}
      <ul className="divide-y">
        {list.data?.map(({ person, by, at }) => (
          <li key={person.peerId} className="flex items-center gap-3 py-2" data-testid="removed-peer">
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm">{person.displayName}</span>
              <span className="tabular block truncate text-muted text-xs">
                {t('room.order.removedBy', { name: by?.displayName ?? '', time: timeOfDay(at) })}
              </span>
            </span>
            <Button
              size="sm"
              onClick={() => void act(() => classroom.order.readmit(person.peerId)).then(() => list.refetch())}
              data-testid="readmit-peer"
            >
              {t('room.order.readmit')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

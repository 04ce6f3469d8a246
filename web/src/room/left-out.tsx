/** Says how many messages of a fast chat were not shown, and shows the latest of them to those who want to read them. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/button.tsx'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

export function LeftOut() {
  const { t } = useTranslation()
  const { chat } = useRoom().classroom
  const count = useStorePart(chat.view, ({ leftOut }) => leftOut)
  const [busy, setBusy] = useState(false)
  if (count === 0) return null
  const show = async () => {
    setBusy(true)
    await chat.showLeftOut()
    setBusy(false)
  }
  return (
    <p
      className="short:hidden flex shrink-0 items-center justify-between gap-2 border-t bg-sunken py-0.5 ps-4 pe-2 text-muted text-xs"
      data-testid="left-out"
    >
      <span className="tabular">{t('room.chat.leftOut', { count })}</span>
      <Button size="sm" look="ghost" busy={busy} onClick={() => void show()}>
        {t('room.chat.showLeftOut')}
      </Button>
    </p>
  )
}

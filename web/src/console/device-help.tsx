/** Why a device gives nothing, and what to do about it. */
import { TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { InputKind } from '../classroom/capture.ts'
import { useRoom } from '../room/classroom-context.ts'
import { Button } from '../ui/button.tsx'
import { useStorePart } from '../use-store.ts'

export function DeviceHelp({ kind }: { kind: InputKind }) {
  const { t } = useTranslation()
  const { capture } = useRoom().classroom.own
  const problem = useStorePart(capture.view, (view) => view[kind].problem)
  if (!problem) return null
  return (
    <div role="alert" data-testid={`${kind}-problem`} className="flex items-start gap-2 text-accent text-sm">
      <TriangleAlert size={16} aria-hidden className="mt-1 shrink-0" />
      <p className="min-w-0 flex-1">{t(`room.console.problem.${problem}.${kind}`)}</p>
      {problem !== 'insecure' && (
        <Button size="sm" onClick={() => void capture.open(kind)}>
          {t('actions.retry')}
        </Button>
      )}
    </div>
  )
}

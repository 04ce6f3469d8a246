/** Chooses among the devices of one kind. */
import { useTranslation } from 'react-i18next'
import type { InputKind } from '../classroom/capture.ts'
import { useRoom } from '../room/classroom-context.ts'
import { Select } from '../ui/select.tsx'
import { useStore } from '../use-store.ts'

export function DevicePicker({ kind }: { kind: InputKind }) {
  const { t } = useTranslation()
  const { capture } = useRoom().classroom.own
  const view = useStore(capture.view)
  const devices = kind === 'camera' ? view.cameras : view.microphones
  const { deviceId, track } = view[kind]
  if (!track || devices.length === 0) return null
  return (
    <Select
      label={t(`room.console.${kind}`)}
      labelHidden
      data-testid={`${kind}-picker`}
      value={deviceId ?? ''}
      onChange={({ target }) => void capture.choose(kind, target.value)}
    >
      {devices.map((device, place) => (
        <option key={device.deviceId} value={device.deviceId}>
          {device.label || `${t(`room.console.${kind}`)} ${place + 1}`}
        </option>
      ))}
    </Select>
  )
}

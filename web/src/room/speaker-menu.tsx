/** Chooses the speaker that the room is heard from: over the picture as a menu, in a dialog as a list. */
import { Headphones, ListPlus } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputDevice } from '../classroom/audio-output.ts'
import { IconButton } from '../ui/button.tsx'
import { Menu, MenuChoice, MenuItem, MenuLine } from '../ui/menu.tsx'
import { tell } from '../ui/notes.ts'
import { Select } from '../ui/select.tsx'
import { useStore } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

function useOutput() {
  const { t } = useTranslation()
  const { output } = useRoom().classroom.speakers
  const { devices, deviceId, hidden } = useStore(output.view)
  const nameOf = ({ label }: OutputDevice, place: number) => label || `${t('room.stage.speaker')} ${place + 1}`
  const options = [
    { value: '', label: t('room.stage.speakerSystem') },
    ...devices.map((device, place) => ({ value: device.deviceId, label: nameOf(device, place) })),
  ]
  const reveal = () => void output.reveal().catch(() => tell(t('room.stage.speakersRefused')))
  return { output, options, deviceId, hidden, reveal, useless: !output.supported || (devices.length === 0 && !hidden) }
}

export function SpeakerMenu() {
  const { t } = useTranslation()
  const { output, options, deviceId, hidden, reveal, useless } = useOutput()
  if (useless) return null
  return (
    <Menu
      side="top"
      onOpen={() => void output.list()}
      trigger={
        <IconButton
          look="stage"
          label={t('room.stage.speaker')}
          icon={<Headphones size={20} />}
          data-testid="speaker"
        />
      }
    >
      <MenuChoice
        label={t('room.stage.speaker')}
        value={deviceId}
        onChange={(value) => output.choose(value)}
        options={options}
      />
      {hidden && <MenuLine />}
      {hidden && (
        <MenuItem icon={<ListPlus size={16} />} onSelect={reveal} testId="reveal-speakers">
          {t('room.stage.speakersReveal')}
        </MenuItem>
      )}
    </Menu>
  )
}

/** The teacher's microphone has been allowed, so the names are there. */
export function SpeakerPicker() {
  const { t } = useTranslation()
  const { output, options, deviceId, useless } = useOutput()
  useEffect(() => void output.list(), [output])
  if (useless || options.length < 2) return null
  return (
    <Select
      label={t('room.stage.speaker')}
      data-testid="speaker-picker"
      value={deviceId}
      onChange={({ target }) => output.choose(target.value)}
    >
      {options.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </Select>
  )
}

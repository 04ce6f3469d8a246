/** What staff may do about one student: the same wherever their name stands. */
import { Mic, MicOff, UserRoundX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { MenuItem } from '../ui/menu.tsx'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { useConfirm } from './confirm.tsx'
import { useAct } from './use-act.ts'

const SHORT_MUTE_MINUTES = 10

type Props = { peerId: string; name: string; onDone?: () => void }

export function OrderItems({ peerId, name, onDone }: Props) {
  const { t } = useTranslation()
  const act = useAct()
  const confirm = useConfirm()
  const { classroom } = useRoom()
  const { order } = classroom
  const muted = useStorePart(classroom.room, (room) => room.muted.includes(peerId))
  const change = (action: () => Promise<void>, done: string) => void act(action, done).then(onDone)
  const remove = async () => {
    const sure = await confirm({
      title: t('room.people.removeTitle', { name }),
      text: t('room.people.removeText'),
      action: t('room.people.remove'),
    })
    if (sure) change(() => order.remove(peerId), t('room.people.removed', { name }))
  }
  return (
    <>
      {muted ? (
        <MenuItem
          icon={<Mic size={16} />}
          onSelect={() => change(() => order.unmute(peerId), t('room.people.unmuted', { name }))}
          testId="unmute-peer"
        >
          {t('room.people.unmute')}
        </MenuItem>
      ) : (
        <>
          <MenuItem
            icon={<MicOff size={16} />}
            onSelect={() => change(() => order.mute(peerId, SHORT_MUTE_MINUTES), t('room.people.mutedNow', { name }))}
            testId="mute-peer-short"
          >
            {t('room.people.muteFor', { count: SHORT_MUTE_MINUTES })}
          </MenuItem>
          <MenuItem
            icon={<MicOff size={16} />}
            onSelect={() => change(() => order.mute(peerId), t('room.people.mutedNow', { name }))}
            testId="mute-peer"
          >
            {t('room.people.mute')}
          </MenuItem>
        </>
      )}
      <MenuItem icon={<UserRoundX size={16} />} onSelect={() => void remove()} testId="remove-peer">
        {t('room.people.remove')}
      </MenuItem>
    </>
  )
}

/** Those who have the floor, side by side under the picture. */
import { Mic, MicOff, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Person } from '../../../signaling/protocol/events.ts'
import { layoutOf } from '../classroom/stage-layout.ts'
import { Avatar } from '../ui/avatar.tsx'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { PictureView, TrackView } from './picture-view.tsx'
import { useAct } from './use-act.ts'

export function Tiles({ beside = false }: { beside?: boolean }) {
  const { classroom } = useRoom()
  const floor = useStorePart(classroom.room, (room) => room.floor)
  const inGrid = useStorePart(classroom.layout.view, layoutOf) === 'grid'
  if (floor.length === 0 || (beside && inGrid)) return null
  return (
    <ul className="flex gap-2 overflow-x-auto px-3 py-2 lg:px-0">
      {floor.map((person) => (
        <li key={person.peerId}>
          <Tile person={person} className="aspect-video w-36 shrink-0 sm:w-44" />
        </li>
      ))}
    </ul>
  )
}

export function Tile({ person, className }: { person: Person; className: string }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom, isStaff } = useRoom()
  const { peerId, displayName } = person
  const isSelf = useStorePart(classroom.room, (room) => room.self?.peerId === peerId)
  const speaking = useStorePart(classroom.dominantSpeaker, (speaker) => speaker === peerId)
  const picture = useStorePart(classroom.receiving.pictures, (all) => all.find((one) => one.peerId === peerId))
  const voice = useStorePart(classroom.receiving.voices, (all) => all.find((one) => one.peerId === peerId))
  const own = useStore(classroom.own.view)
  const ownTrack = useStorePart(classroom.own.capture.view, (view) => view.camera.track)
  const track = isSelf ? (own.onAir ? ownTrack : null) : null
  const heard = isSelf ? own.onAir && !own.microphoneMuted : voice && !voice.paused
  const MicIcon = heard ? Mic : MicOff
  return (
    <div
      data-testid={`tile-${peerId}`}
      className={classes(
        className,
        'on-stage relative overflow-hidden rounded-control bg-stage text-on-stage sm:w-44',
        speaking && 'outline-2 outline-accent',
      )}
    >
      {track ? (
        <TrackView track={track} label={displayName} mirrored cover />
      ) : picture && !picture.paused ? (
        <PictureView key={picture.consumerId} picture={picture} label={displayName} cover />
      ) : (
        <div className="flex size-full items-center justify-center">
          <Avatar name={displayName} size="lg" />
        </div>
      )}
      <div className="absolute inset-x-0 bottom-0 flex items-center gap-1.5 bg-linear-to-t from-stage-veil to-transparent px-2 pt-4 pb-1 text-xs">
        <MicIcon size={12} aria-hidden className={heard ? '' : 'text-on-stage-muted'} />
        <span className="truncate">{isSelf ? t('room.stage.you') : displayName}</span>
        {speaking && <span className="sr-only">{t('room.stage.speaking')}</span>}
      </div>
      {isStaff && (
        <IconButton
          small
          look="stage"
          className="absolute end-1 top-1 bg-stage-veil"
          label={`${t('room.people.takeFloor')}: ${displayName}`}
          icon={<X size={14} />}
          data-testid="take-floor"
          onClick={() => act(() => classroom.floor.take(peerId))}
        />
      )}
    </div>
  )
}

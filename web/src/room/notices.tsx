/** Before everybody's eyes in the room: the announcement and what is for sale. */
import { AnnouncementBar } from '../notices/announcement.tsx'
import { OfferCard } from '../notices/offer-card.tsx'
import { useStore } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { useAct } from './use-act.ts'

export function RoomNotices() {
  const act = useAct()
  const { classroom, isStaff } = useRoom()
  const { offer, announcement } = useStore(classroom.notices.view)
  const forStaff = (takeDown: () => Promise<void>) => (isStaff ? { onTakeDown: () => void act(takeDown) } : {})
  return (
    <>
      <AnnouncementBar announcement={announcement} {...forStaff(() => classroom.notices.announce(null))} />
      <OfferCard shown={offer} {...forStaff(() => classroom.notices.showOffer(null))} />
    </>
  )
}

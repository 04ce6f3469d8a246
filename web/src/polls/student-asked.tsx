/** What a student is asked now, above the rail; on a phone held sideways, where there is no rail, over the picture. */
import { useSyncExternalStore } from 'react'
import { useRoom } from '../room/classroom-context.ts'
import { useStorePart } from '../use-store.ts'
import { StudentPoll } from './poll-card.tsx'
import { SignInCard } from './sign-in-card.tsx'

/** As the variant `theatre` of the styles. */
const theatre = matchMedia('(max-height: 500px) and (min-width: 560px)')
const subscribe = (listener: () => void) => {
  theatre.addEventListener('change', listener)
  return () => theatre.removeEventListener('change', listener)
}
const useTheatre = () => useSyncExternalStore(subscribe, () => theatre.matches)

export function AskedInRail() {
  if (useTheatre()) return null
  return (
    <div className="scroll-quiet max-h-[48dvh] shrink-0 overflow-y-auto">
      <Asked />
    </div>
  )
}

export function AskedOverStage() {
  const { classroom } = useRoom()
  const asked = useStorePart(classroom.polls.view, ({ poll, signIn }) => poll !== null || signIn !== null)
  if (!useTheatre() || !asked) return null
  return (
    <div
      className="scroll-quiet absolute end-14 top-2 z-10 max-h-[calc(100%-4rem)] w-80 max-w-[60%] animate-rise overflow-y-auto rounded-card text-text shadow-raised"
      data-testid="asked-over-stage"
    >
      <Asked />
    </div>
  )
}

const Asked = () => (
  <>
    <SignInCard />
    <StudentPoll />
  </>
)

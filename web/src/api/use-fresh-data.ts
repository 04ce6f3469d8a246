/** Keeps what was fetched true: asked for again when rights change, thrown away when somebody else signs in. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { session } from './api.ts'
import { onServerEvent, onServerEventsConnected } from './events.ts'

/** What is younger than this was asked for by the page that is just opening. */
const JUST_NOW_MS = 3000

export function useFreshData(): void {
  const queries = useQueryClient()
  useEffect(() => {
    const stops = [
      onServerEvent('rightsChanged', () => void queries.invalidateQueries()),
      // What happened while nobody listened was not heard.
      onServerEventsConnected(() => void askAgain(queries)),
      forgetOthers(queries),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [queries])
}

const askAgain = (queries: QueryClient) =>
  queries.invalidateQueries({
    predicate: ({ state }) => state.status === 'success' && Date.now() - state.dataUpdatedAt > JUST_NOW_MS,
  })

function forgetOthers(queries: QueryClient): () => void {
  let known = session.view.get()
  return session.view.subscribe(() => {
    const now = session.view.get()
    if (now.status === 'unknown') return
    const other = known.status !== 'unknown' && known.user?.id !== now.user?.id
    known = now
    if (other) void queries.resetQueries()
  })
}

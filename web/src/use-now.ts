/** The server's time, again every so often. */
import { useEffect, useState } from 'react'
import { serverClock } from './server-clock.ts'

export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(serverClock.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverClock.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** True for a while after the pointer moved, a finger touched or a key was pressed. */
import { useCallback, useEffect, useRef, useState } from 'react'

const AWAKE_MS = 3000

export function useAwake(playing: boolean) {
  const [awake, setAwake] = useState(true)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const wake = useCallback(() => {
    setAwake(true)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setAwake(false), AWAKE_MS)
  }, [])
  useEffect(() => {
    if (playing) wake()
    return () => clearTimeout(timer.current)
  }, [playing, wake])
  return { awake, wake }
}

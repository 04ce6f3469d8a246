/** The keys of a class's picture, the same as a film's. */
import { type RefObject, useEffect } from 'react'
import type { Classroom } from '../classroom/classroom.ts'
import { toggleFullScreen } from '../player/full-screen.ts'
import { type KeyActions, listenForKeys } from '../player/use-keys.ts'

const SKIP_MS = 5000
const LOUDER = 0.1

export function useStageKeys({ viewing, speakers, room }: Classroom, stage: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const louder = (by: number) => speakers.setVolume(Math.max(0, Math.min(1, speakers.view.get().volume + by)))
    const toggle = () => {
      const { phase, playing } = viewing.film.get()
      if (viewing.tiers.get().rewound && phase === 'ready' && !playing) viewing.play()
      else viewing.pause()
    }
    const actions: KeyActions = new Map([
      [' ', toggle],
      ['k', toggle],
      ['l', () => viewing.toLive()],
      ['ArrowLeft', () => viewing.skip(-SKIP_MS)],
      ['ArrowRight', () => viewing.skip(SKIP_MS)],
      ['ArrowUp', () => louder(LOUDER)],
      ['ArrowDown', () => louder(-LOUDER)],
      ['f', () => void toggleFullScreen(stage.current, viewing.screen.video)],
      ['m', () => speakers.setMuted(!speakers.view.get().muted)],
    ])
    return listenForKeys(actions, stage, () => room.get().status === 'live')
  }, [viewing, speakers, room, stage])
}

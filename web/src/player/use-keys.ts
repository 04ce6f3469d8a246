/** The keys of a player, wherever the focus is, except where one types or a control has a use for them itself. */
import { type RefObject, useEffect } from 'react'
import { toggleFullScreen } from './full-screen.ts'
import type { Player } from './player.ts'

const SKIP_MS = 5000
const LOUDER = 0.1

export function useKeys(player: Player, video: HTMLVideoElement | null, stage: RefObject<HTMLElement | null>) {
  useEffect(() => {
    if (!video) return
    const actions: KeyActions = new Map([
      [' ', player.toggle],
      ['k', player.toggle],
      ['ArrowLeft', () => player.skip(-SKIP_MS)],
      ['ArrowRight', () => player.skip(SKIP_MS)],
      ['ArrowUp', () => louder(video, LOUDER)],
      ['ArrowDown', () => louder(video, -LOUDER)],
      ['f', () => void toggleFullScreen(stage.current, video)],
      ['m', () => mute(video)],
    ])
    return listenForKeys(actions, stage, () => player.view.get().phase === 'ready')
  }, [player, video, stage])
}

export type KeyActions = ReadonlyMap<string, () => void>

/** Returns the function that ends it. */
export function listenForKeys(actions: KeyActions, stage: RefObject<HTMLElement | null>, active: () => boolean) {
  const press = (event: KeyboardEvent) => {
    const act = actions.get(event.key.length === 1 ? event.key.toLowerCase() : event.key)
    if (!act || event.ctrlKey || event.metaKey || event.altKey || !active()) return
    const target = event.target as HTMLElement
    const inPlayer = stage.current?.contains(target) ?? false
    if (target.closest('input, textarea, select, [contenteditable], [role=menu], [role=dialog], [role=alertdialog]'))
      return
    // A page scrolls by these, a button is pressed by them, and a slider moves.
    if (event.key === ' ' && target.closest('button, a')) return
    if (/^Arrow/.test(event.key) && (!inPlayer || target.closest('[role=slider]'))) return
    event.preventDefault()
    act()
  }
  addEventListener('keydown', press)
  return () => removeEventListener('keydown', press)
}

function louder(video: HTMLVideoElement, by: number): void {
  video.volume = Math.max(0, Math.min(1, video.volume + by))
  if (by > 0) video.muted = false
}

function mute(video: HTMLVideoElement): void {
  video.muted = !video.muted
}

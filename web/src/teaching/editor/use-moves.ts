/** Moving things with the keyboard: pick up with space, move with the arrows, put down with space; and said aloud. */
import { type KeyboardEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LOOSE, type Plan, placeOf, stepChapter, stepLesson } from './outline-plan.ts'
import type { OutlineState } from './use-outline.ts'

type Held = { id: string; kind: 'lesson' | 'chapter'; before: Plan }

export const handleId = (id: string) => `handle-${id}`

export function useMoves({ plan, show, commit }: OutlineState) {
  const { t } = useTranslation()
  const [held, setHeld] = useState<Held | null>(null)
  const [said, say] = useState('')
  // A lesson that moves into another chapter is a new element there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after every step
  useEffect(() => {
    if (held) document.getElementById(handleId(held.id))?.focus()
  }, [plan, held])

  const titleOf = (id: string, kind: Held['kind']) =>
    kind === 'chapter'
      ? plan.find(({ key }) => key === id)?.title
      : plan.flatMap(({ lessons }) => lessons).find((lesson) => lesson.id === id)?.title
  const whereIs = (now: Plan, { id, kind }: Held) => {
    if (kind === 'chapter') {
      const chapters = now.filter(({ key }) => key !== LOOSE)
      return t('editor.move.chapterAt', {
        place: chapters.findIndex(({ key }) => key === id) + 1,
        count: chapters.length,
      })
    }
    const { chapter, index } = placeOf(now, id)!
    const { title, lessons } = now[chapter]!
    return t('editor.move.lessonAt', { chapter: title || t('editor.loose'), place: index + 1, count: lessons.length })
  }

  const onKeyDown = (event: KeyboardEvent, id: string, kind: Held['kind']) => {
    const title = titleOf(id, kind)
    const takes = event.key === ' ' || event.key === 'Enter'
    if (!held) {
      if (!takes) return
      event.preventDefault()
      setHeld({ id, kind, before: plan })
      say(t('editor.move.pickedUp', { title }))
      return
    }
    if (held.id !== id) return
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : undefined
    if (step) {
      event.preventDefault()
      const next = kind === 'chapter' ? stepChapter(plan, id, step) : stepLesson(plan, id, step)
      show(next)
      say(whereIs(next, held))
    } else if (event.key === 'Escape') {
      event.preventDefault()
      setHeld(null)
      show(held.before)
      say(t('editor.move.cancelled', { title }))
    } else if (takes || event.key === 'Tab') {
      if (takes) event.preventDefault()
      setHeld(null)
      commit(plan)
      say(t('editor.move.putDown', { title, place: whereIs(plan, held) }))
    }
  }
  return { heldId: held?.id ?? null, said, say, onKeyDown }
}

export type Moves = ReturnType<typeof useMoves>

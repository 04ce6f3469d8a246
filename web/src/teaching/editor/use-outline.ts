/** The plan on the screen and the one on the server: every step is saved at once, one after the other. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CourseDraft } from '../../../../src/courses/schema.ts'
import { codeOf } from '../../api/errors.ts'
import { teachingApi } from '../../api/teaching.ts'
import { tell } from '../../ui/notes.ts'
import type { SaveState } from '../autosave.ts'
import { draftKey } from './keys.ts'
import { isSame, orderOf, type Plan, planOf } from './outline-plan.ts'

export type OutlineState = {
  plan: Plan
  /** Shows a plan that is not decided yet. */
  show: (plan: Plan) => void
  /** Decides for a plan, and saves it. */
  commit: (plan: Plan) => void
  state: SaveState
  retry: () => void
}

export function useOutline(draft: CourseDraft): OutlineState {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [plan, setPlan] = useState(() => planOf(draft))
  const waiting = useRef(0)
  const save = useMutation({
    scope: { id: `outline ${draft.id}` },
    mutationFn: (decided: Plan) => {
      const known = queries.getQueryData<CourseDraft>(draftKey(draft.id)) ?? draft
      return teachingApi.setOutline(draft.id, orderOf(withIds(decided, known), known.outlineVersion))
    },
    onSuccess: (saved) => {
      queries.setQueryData(draftKey(draft.id), saved)
      if (waiting.current === 1) setPlan(planOf(saved))
    },
    onError: async (error) => {
      const code = codeOf(error)
      if (code !== 'changed_elsewhere' && code !== 'bad_request') return
      const fresh = await teachingApi.course(draft.id)
      queries.setQueryData(draftKey(draft.id), fresh)
      setPlan(planOf(fresh))
      save.reset()
      tell(t('editor.outlineChanged'))
    },
    onSettled: () => {
      waiting.current -= 1
    },
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the server says counts when nothing is on its way
  useEffect(() => {
    if (waiting.current === 0 && !save.isError) setPlan(planOf(draft))
  }, [draft])
  const commit = (decided: Plan) => {
    setPlan(decided)
    if (isSame(decided, planOf(draft)) && waiting.current === 0) return
    waiting.current += 1
    save.mutate(decided)
  }
  const status = save.isPending ? 'saving' : save.isError ? 'failed' : 'saved'
  return { plan, show: setPlan, commit, state: { status, error: save.error }, retry: () => commit(plan) }
}

/** Chapters that an earlier step has made are known by the ids that the server gave them in the meantime. */
function withIds(plan: Plan, { outline }: CourseDraft): Plan {
  const known = new Set(plan.map(({ id }) => id))
  const spare = outline.filter(({ id }) => id !== null && !known.has(id))
  return plan.map((chapter) => {
    if (chapter.id !== null || chapter.key === 'loose') return chapter
    const place = spare.findIndex(({ title }) => title === chapter.title)
    return place < 0 ? chapter : { ...chapter, id: spare.splice(place, 1)[0]!.id }
  })
}

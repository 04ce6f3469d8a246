/** The prepared polls of a class, and the changing of them: all are set at once, over the state that was seen. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { limits } from '../../../signaling/protocol/constants.ts'
import type { NewPoll } from '../../../signaling/protocol/polls.ts'
import type { PreparedPoll, PreparedPolls } from '../../../src/courses/schema.ts'
import { pollsApi } from '../api/polls.ts'
import { useErrorText } from '../i18n/texts.ts'
import { randomUuid } from '../random-uuid.ts'
import { tell } from '../ui/notes.ts'

export function usePrepared(lessonId: string) {
  const textOf = useErrorText()
  const queries = useQueryClient()
  const key = ['prepared-polls', lessonId]
  const query = useQuery({ queryKey: key, queryFn: () => pollsApi.list(lessonId) })
  const set = useMutation({
    mutationFn: (next: PreparedPolls) => pollsApi.set(lessonId, next),
    onSuccess: (saved) => queries.setQueryData(key, saved),
    onError: (error) => {
      tell(textOf(error))
      void queries.invalidateQueries({ queryKey: key })
    },
  })
  const polls = query.data?.polls ?? []
  /** Whether it was done; where not, that was told. */
  const change = (next: PreparedPoll[]): Promise<boolean> =>
    set.mutateAsync({ version: query.data?.version ?? 0, polls: next }).then(
      () => true,
      () => false,
    )
  return {
    query,
    polls,
    busy: set.isPending,
    full: polls.length >= limits.preparedPolls,
    add: (poll: NewPoll) => change([...polls, { id: randomUuid(), poll }]),
    replace: (id: string, poll: NewPoll) => change(polls.map((each) => (each.id === id ? { id, poll } : each))),
    remove: (id: string) => change(polls.filter((each) => each.id !== id)),
    /** Swaps it with the one before or after. */
    move: (id: string, by: -1 | 1) => {
      const from = polls.findIndex((each) => each.id === id)
      const next = [...polls]
      const [one, other] = [next[from], next[from + by]]
      if (one && other) next.splice(Math.min(from, from + by), 2, ...(by === 1 ? [other, one] : [one, other]))
      return change(next)
    },
  }
}

export type Prepared = ReturnType<typeof usePrepared>

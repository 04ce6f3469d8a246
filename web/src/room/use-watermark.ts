/** The viewer's mark: told with the way in, and again with each address of the broadcast. */
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

/** Null where the teacher wants none. */
export function useWatermark(): string | null {
  const { classroom } = useRoom()
  const early = useStore(classroom.watermark)
  return useStorePart(classroom.viewing.film, (film) => film.watermark) ?? early
}

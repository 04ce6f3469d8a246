/** Does something in the room, and says so where it did not work. */
import { useCallback } from 'react'
import { useErrorText } from '../i18n/texts.ts'
import { tell } from '../ui/notes.ts'

export function useAct(): (action: () => Promise<unknown>, done?: string) => Promise<boolean> {
  const textOf = useErrorText()
  return useCallback(
    async (action, done) => {
      try {
        await action()
        if (done) tell(done)
        return true
      } catch (error) {
        tell(textOf(error))
        return false
      }
    },
    [textOf],
  )
}

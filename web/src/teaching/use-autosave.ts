/** A form that saves itself: its values, how the saving goes, and what to do when somebody else saved in between. */
import { useCallback, useEffect, useState } from 'react'
import { useStore } from '../use-store.ts'
import { Autosave, type SaveState } from './autosave.ts'
import { autosaveFor } from './unsaved.ts'

type Document = { version: number }
type Options<T extends object, D extends Document> = {
  key: string
  document: D
  /** What the form shows of the document. */
  read: (document: D) => T
  save: (change: Partial<T> & { version: number }) => Promise<D>
  /** Reads the document again, for when it was changed elsewhere. */
  load: () => Promise<D>
}

export type Form<T> = {
  values: T
  change: (change: Partial<T>) => void
  state: SaveState
  retry: () => void
  /** After a conflict: one's own over theirs, or theirs instead. */
  keepMine: () => void
  takeTheirs: () => void
}

export function useAutosave<T extends object, D extends Document>(options: Options<T, D>): Form<T> {
  const { key, document, read, save, load } = options
  const [autosave, setAutosave] = useState(() => open<T, D>(key, document.version, save))
  const [values, setValues] = useState<T>(() => ({ ...read(document), ...autosave.unsaved }))
  const state = useStore(autosave.view)
  useEffect(() => () => void autosave.flush(), [autosave])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another version matters
  useEffect(() => {
    // Another tab saved while nothing was typed here: show what it saved.
    if (document.version <= autosave.version || !autosave.isSaved) return
    setAutosave(open<T, D>(key, document.version, save))
    setValues(read(document))
  }, [document.version])
  const change = useCallback(
    (part: Partial<T>) => {
      setValues((before) => ({ ...before, ...part }))
      autosave.change(part)
    },
    [autosave],
  )
  return {
    values,
    change,
    state,
    retry: () => void autosave.flush(),
    keepMine: () => void load().then(({ version }) => autosave.goOn(version, true)),
    takeTheirs: () =>
      void load().then((theirs) => {
        void autosave.goOn(theirs.version, false)
        setValues(read(theirs))
      }),
  }
}

const open = <T extends object, D extends Document>(
  key: string,
  version: number,
  save: (change: Partial<T> & { version: number }) => Promise<D>,
) =>
  autosaveFor<T>(
    key,
    () =>
      new Autosave<T>({ version, save: async (change, seen) => (await save({ ...change, version: seen })).version }),
  )

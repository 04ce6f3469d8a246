/** Shows the notes of `notes.ts`, and reads them out. */
import { useStore } from '../use-store.ts'
import { notes } from './notes.ts'

export function NoteList() {
  const list = useStore(notes)
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 top-16 z-50 flex flex-col items-center gap-2 px-4"
    >
      {list.map(({ id, text }) => (
        <p
          key={id}
          data-testid="note"
          className="max-w-md animate-rise rounded-control bg-ink px-4 py-2.5 text-center text-on-ink text-sm shadow-raised"
        >
          {text}
        </p>
      ))}
    </div>
  )
}

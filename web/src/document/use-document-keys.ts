/** The keys of a document, wherever the focus is, except where one types. */
import { type RefObject, useEffect, useRef } from 'react'

type Acts = Record<'next' | 'previous' | 'larger' | 'smaller' | 'whole', () => void>

const keys: Record<string, keyof Acts> = {
  ArrowRight: 'next',
  ArrowLeft: 'previous',
  '+': 'larger',
  '=': 'larger',
  '-': 'smaller',
  '0': 'whole',
}

const elsewhere = 'input, textarea, select, [contenteditable], [role=menu], [role=dialog], [role=alertdialog]'

export function useDocumentKeys(frame: RefObject<HTMLElement | null>, acts: Acts) {
  const current = useRef(acts)
  current.current = acts
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const act = keys[event.key]
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return
      if ((event.target as HTMLElement).closest(elsewhere)) return
      // What is wider than its frame is moved sideways by these.
      if (event.key.startsWith('Arrow') && isWider(frame.current)) return
      event.preventDefault()
      current.current[act]()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [frame])
}

const isWider = (frame: HTMLElement | null) => frame !== null && frame.scrollWidth > frame.clientWidth + 1

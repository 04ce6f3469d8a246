/** A document on the board, opened with an address of its own for this viewer. */
import { useEffect, useState } from 'react'
import { filesApi } from '../api/files.ts'
import type { PDFDocumentProxy } from '../document/pdf.ts'

export type OpenDeck = { document: PDFDocumentProxy | null; error: unknown; retry: () => void }

export function useDeck(fileId: string | null): OpenDeck {
  const [state, setState] = useState<{ fileId: string; document: PDFDocumentProxy } | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: one more try opens it anew
  useEffect(() => {
    if (!fileId) return
    let gone = false
    let close = () => {}
    setError(null)
    const open = async () => {
      const [{ url }, { openPdf }] = await Promise.all([filesApi.address(fileId), import('../document/pdf.ts')])
      if (gone) return
      const opened = openPdf(url)
      close = opened.close
      const document = await opened.loaded
      if (!gone) setState({ fileId, document })
    }
    open().catch((trouble) => !gone && setError(trouble))
    return () => {
      gone = true
      close()
    }
  }, [fileId, tries])
  const document = state?.fileId === fileId ? state.document : null
  return { document, error, retry: () => setTries(tries + 1) }
}

/** PDF.js, set up for this site: its worker, and what it needs for Chinese and for fonts a document does not bring along. */
import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy, type PDFPageProxy, TextLayer } from 'pdfjs-dist'
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url'

export type { PDFDocumentProxy, PDFPageProxy }

GlobalWorkerOptions.workerSrc = workerUrl

/** Reads the document piece by piece. `close` stops that too. */
export function openPdf(url: string): { loaded: Promise<PDFDocumentProxy>; close: () => void } {
  const task = getDocument({
    url,
    cMapUrl: '/pdf/cmaps/',
    standardFontDataUrl: '/pdf/fonts/',
    // Of scanned pages: without WebAssembly it takes their slower twins from the same folder.
    wasmUrl: '/pdf/decoders/',
    // The page's rules let no program be made at run time.
    useWasm: false,
  })
  return { loaded: task.promise, close: () => void task.destroy() }
}

/** Paints a page as wide as given, in CSS pixels. Returns the function that stops it. */
export function paint(page: PDFPageProxy, canvas: HTMLCanvasElement, width: number): () => void {
  const sharpness = Math.min(2, globalThis.devicePixelRatio || 1)
  const viewport = page.getViewport({ scale: (width * sharpness) / page.getViewport({ scale: 1 }).width })
  canvas.width = Math.round(viewport.width)
  canvas.height = Math.round(viewport.height)
  const task = page.render({ canvas, viewport })
  // A painting that was stopped is no trouble.
  task.promise.catch(() => {})
  return () => task.cancel()
}

/** Lays the words of a page, unseen, over its picture; how large they are is the container's `--total-scale-factor`. */
export function layWords(page: PDFPageProxy, container: HTMLElement): { laid: Promise<void>; stop: () => void } {
  const viewport = page.getViewport({ scale: 1 })
  const layer = new TextLayer({ textContentSource: page.streamTextContent(), container, viewport })
  return { laid: layer.render(), stop: () => layer.cancel() }
}

/** In points. */
export function sizeOf(page: PDFPageProxy): { width: number; height: number } {
  const { width, height } = page.getViewport({ scale: 1 })
  return { width, height }
}

/** The words of a page, for those who listen. */
export async function wordsOf(page: PDFPageProxy): Promise<string> {
  const { items } = await page.getTextContent()
  return items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('')
}

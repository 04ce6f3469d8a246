/** Starts the client: language, session, then the first screen. */
import './styles.css'
import { createRoot } from 'react-dom/client'
import { session } from './api/api.ts'
import { startServerEvents } from './api/events.ts'
import { App } from './app.tsx'
import { startI18n } from './i18n/i18n.ts'

const RELOAD_PAUSE_MS = 30_000

// After an update of the server, a page from before asks for files that are gone.
addEventListener('vite:preloadError', () => {
  if (Date.now() - Number(sessionStorage.getItem('reloadedAt')) < RELOAD_PAUSE_MS) return
  sessionStorage.setItem('reloadedAt', String(Date.now()))
  location.reload()
})
void session.restore()
startServerEvents()
await startI18n()
createRoot(document.getElementById('root')!).render(<App />)

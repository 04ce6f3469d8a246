/** Starts the client: language, session, then the first screen. */
import './styles.css'
import { createRoot } from 'react-dom/client'
import { session } from './api/api.ts'
import { App } from './app.tsx'
import { startI18n } from './i18n/i18n.ts'

void session.restore()
await startI18n()
createRoot(document.getElementById('root')!).render(<App />)

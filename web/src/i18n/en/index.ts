/** The English texts. */
import { app } from './app.ts'
import { pages } from './pages.ts'
import { room } from './room.ts'

export const en = { ...app, ...pages, room }

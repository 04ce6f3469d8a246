/** The English texts. */
import { common } from './common.ts'
import { pages } from './pages.ts'
import { room } from './room.ts'

export const en = { ...common, ...pages, room }

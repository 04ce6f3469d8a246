/** The Chinese texts; their shape is what every language has to fill. */
import { common } from './common.ts'
import { pages } from './pages.ts'
import { room } from './room.ts'

export const zh = { ...common, ...pages, room }

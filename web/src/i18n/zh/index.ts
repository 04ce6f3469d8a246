/** The Chinese texts; their shape is what every language has to fill. */
import { app } from './app.ts'
import { checkout } from './checkout.ts'
import { editor, markdown, shelf } from './editor.ts'
import { me } from './me.ts'
import { media } from './media.ts'
import { operator } from './operator.ts'
import { orders, sales } from './orders.ts'
import { pages } from './pages.ts'
import { polls } from './polls.ts'
import { room } from './room.ts'
import { signIn } from './sign-in.ts'
import { store } from './store.ts'

export const zh = {
  ...app,
  ...pages,
  ...store,
  ...media,
  room,
  polls,
  signIn,
  me,
  checkout,
  editor,
  markdown,
  shelf,
  orders,
  operator,
  sales,
}

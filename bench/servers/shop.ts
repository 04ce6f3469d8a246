/** The whole server with a course that is on sale, a live lesson of it, and people who have bought it. */

import { grantIn } from '../../src/entitlements/grants.ts'
import { TERMS_VERSION } from '../../src/users/terms.ts'
import { openServer } from '../../test/support/server.ts'
import { createShelf } from '../../test/support/shelf.ts'
import { childArgument, serveCommands } from '../child.ts'

const server = await openServer(childArgument<Record<string, string>>())
const { db, users } = server

const commands = {
  address: () => server.url,

  /** A live lesson that so many people have bought, and their access tokens. */
  async sell(buyers: number): Promise<{ lessonId: string; tokens: string[] }> {
    const shelf = createShelf(db, Date.now)
    const password = 'correct horse battery'
    const { id: teacherId } = await users.ensure({ username: 'teacher', displayName: 'Ms T', password }, 'teacher')
    const course = await shelf.course(teacherId)
    const { id: lessonId } = await shelf.lesson(course)
    await server.lessons.advance(lessonId, 'start')
    const tokens: string[] = []
    for (let number = 0; number < buyers; number++) {
      const username = `buyer-${number}`
      const { signedIn } = await users.signUp(
        { username, displayName: username, password, termsVersion: TERMS_VERSION },
        'a benchmark',
      )
      const order = await shelf.paidOrder(signedIn.user.id, { courseId: course.id })
      const subject = { courseId: course.id }
      const grant = { userId: signedIn.user.id, subject, orderId: order.id, accessDays: null, at: Date.now() }
      await grantIn(db, grant)
      tokens.push(signedIn.accessToken)
    }
    return { lessonId, tokens }
  },
}
export type Shop = typeof commands

serveCommands(commands, () => server.close())

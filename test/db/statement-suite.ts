import { and, eq } from 'drizzle-orm'
import type { Test } from 'tap'
import type { Db } from '../../db/client.ts'
import { auditEvents, courses, users } from '../../db/schema.ts'
import { type Blanks, statement } from '../../db/statement.ts'

const addUser = statement((db, { username, createdAt }: Blanks<{ username: string; createdAt: number }>) =>
  db
    .insert(users)
    .values({ username, displayName: 'Someone', createdAt })
    .returning({ id: users.id, role: users.role }),
)
const usersNamed = statement((db, { username }: Blanks<{ username: string }>) =>
  db.select({ createdAt: users.createdAt }).from(users).where(eq(users.username, username)),
)

/** What statements that are written once must do on every database. */
export function statementSuite(t: Test, db: Db) {
  t.test('a statement is written once, and runs with the values of each call', async (t) => {
    let written = 0
    const rename = statement((db, { id, name }: Blanks<{ id: string; name: string }>) => {
      written += 1
      return db.update(users).set({ displayName: name }).where(eq(users.id, id)).returning({ name: users.displayName })
    })
    const [one] = await addUser(db, { username: 'ann', createdAt: 7 })
    const [other] = await addUser(db, { username: 'ben', createdAt: 8 })
    t.equal(one!.role, 'student', 'columns without a blank have their defaults')
    t.strictSame(await rename(db, { id: one!.id, name: 'Ann' }), [{ name: 'Ann' }])
    t.strictSame(await rename(db, { id: other!.id, name: "Ben'; drop table users" }), [
      { name: "Ben'; drop table users" },
    ])
    t.strictSame(await usersNamed(db, { username: 'ann' }), [{ createdAt: 7 }], 'with the types of the columns')
    t.equal(written, 1)
  })

  t.test('a statement belongs to the transaction it is given', async (t) => {
    const failing = db.transaction(async (tx) => {
      await addUser(tx, { username: 'cat', createdAt: 1 })
      await tx.transaction(async (nested) => {
        t.equal((await usersNamed(nested, { username: 'cat' })).length, 1)
      })
      throw new Error('never mind')
    })
    await t.rejects(failing, { message: 'never mind' })
    t.strictSame(await usersNamed(db, { username: 'cat' }), [])
  })

  t.test('values go through the encoders of their columns', async (t) => {
    const write = statement((db, { details, action }: Blanks<{ details: Record<string, unknown>; action: string }>) =>
      db.insert(auditEvents).values({ action, details, subject: 'user', subjectId: '1', at: 1 }).returning(),
    )
    const details = { words: ['a', 'b'] }
    t.strictSame((await write(db, { details, action: 'tested' }))[0]!.details, details)
  })

  t.test('a joined table that has nothing is null', async (t) => {
    const [made] = await addUser(db, { username: 'dan', createdAt: 1 })
    const coursesOf = statement((db, { id, title }: Blanks<{ id: string; title: string }>) =>
      db
        .select({ username: users.username, course: { title: courses.title } })
        .from(users)
        .leftJoin(courses, and(eq(courses.teacherId, users.id), eq(courses.title, title)))
        .where(eq(users.id, id)),
    )
    t.strictSame(await coursesOf(db, { id: made!.id, title: 'Light' }), [{ username: 'dan', course: null }])
  })

  t.test('what the database refuses is told as with any other statement', async (t) => {
    await addUser(db, { username: 'eve', createdAt: 1 })
    await t.rejects(addUser(db, { username: 'eve', createdAt: 1 }), { cause: { code: '23505' } })
  })
}

/** Bills against the books: whole bills of both providers over the wire, and what may differ with providers in memory. */
import t from 'tap'
import { openTestDatabase } from '../support/database.ts'
import { openSandbox } from '../support/sandbox.ts'
import { createStore } from '../support/store.ts'
import { openTill } from '../support/till.ts'
import { books } from './reconciling/books.ts'
import { wire } from './reconciling/wire.ts'

t.test('with providers in memory', async (t) => books(t, await createStore(await openTestDatabase(t))))
t.test('over the wire', async (t) => wire(t, await openTill(t, await openTestDatabase(t), await openSandbox(t))))

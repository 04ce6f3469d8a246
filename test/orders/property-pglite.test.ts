/** Random events on PGlite, where one statement runs at a time. */
import t from 'tap'
import { openTestDatabase } from '../support/database.ts'
import { propertySuite } from './property-suite.ts'

t.test('whatever befalls orders on PGlite', async (t) => propertySuite(t, await openTestDatabase(t), 700))

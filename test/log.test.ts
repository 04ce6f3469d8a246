import { DrizzleQueryError } from 'drizzle-orm'
import { pino } from 'pino'
import t from 'tap'
import { serializers } from '../src/log.ts'

t.test('the log of a failed query holds nothing of what people wrote', async (t) => {
  let written = ''
  const destination = {
    write(line: string) {
      written += line
    },
  }
  const log = pino({ serializers }, destination)
  const cause = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' })
  log.error({ err: new DrizzleQueryError('insert into "users" values ($1)', ['$argon2id$secret'], cause) }, 'failed')
  t.match(written, /connection refused/)
  t.match(written, /insert into/)
  t.notMatch(written, /argon2id/)
})

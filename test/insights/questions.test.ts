import { parse } from 'csv-parse/sync'
import t from 'tap'
import { createDatabaseRoomLog } from '../../src/adapters/database-room-log.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { personOf, writeClass } from '../support/logged-class.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const roomLog = createDatabaseRoomLog(db)
const teacher = await business.person('teacher')
const [a, b, lecturer] = [personOf('Ana'), personOf('Bo'), personOf('Ms Lin', 'teacher')]
const question = { anonymous: false, messageSeq: null, promotedBy: null }

async function classWithQuestions() {
  const lesson = await business.lesson(teacher.user, 60, 'Light *and* shade')
  const { events, log } = writeClass()
  const first = log('questionAsked', a, { ...question, text: 'Why [blue](http://x)?\nReally' })
  const aloud = log('questionAsked', b, { ...question, text: '=1+1', anonymous: true })
  const open = log('questionAsked', a, { ...question, text: 'And at night?' })
  const wanted = log('questionAsked', a, { ...question, text: 'Will there be a replay?' })
  const rude = log('questionAsked', b, { ...question, text: 'a rude one' })
  const messageSeq = log('messageSent', b, { text: 'a deleted one' })
  log('questionAsked', b, { ...question, text: 'a deleted one', messageSeq, promotedBy: 'Ms Lin' })
  log('questionVoted', b, { questionSeq: wanted, up: true })
  log('questionDismissed', lecturer, { questionSeq: rude })
  log('messageDeleted', b, { messageSeq })
  log('questionAnswered', lecturer, { questionSeq: first, text: 'Because <b>air</b> scatters.\n\nMore of it.' })
  log('questionTaken', lecturer, { questionSeq: aloud })
  log('questionAnswered', lecturer, { questionSeq: aloud, text: null })
  await roomLog.append(lesson.id, events)
  return { lesson, open }
}

t.test('the teacher takes the questions home as Markdown, in which nobody’s words are markup', async (t) => {
  const { lesson } = await classWithQuestions()
  const { status, headers, body } = await send(app, `GET /api/lessons/${lesson.id}/questions.md`, undefined, teacher)
  t.equal(status, 200)
  t.match(headers['content-type'], /^text\/markdown/)
  t.match(headers['content-disposition'], 'attachment')
  t.equal(
    body,
    [
      '# Light \\*and\\* shade · 问答 Questions',
      '',
      '## Why \\[blue\\](http://x)? Really',
      '',
      '> Because \\<b\\>air\\</b\\> scatters.',
      '>',
      '> More of it.',
      '',
      '## =1+1',
      '',
      '_课上口头回答 Answered in class (0:00:12)_',
      '',
      '## Will there be a replay?',
      '',
      '_尚未回答 Not answered yet_',
      '',
      '## And at night?',
      '',
      '_尚未回答 Not answered yet_',
      '',
    ].join('\n'),
  )
})

t.test('as a table they come with names, but for those who hid theirs, and with no formula', async (t) => {
  const { lesson } = await classWithQuestions()
  const { body } = await send(app, `GET /api/lessons/${lesson.id}/questions.csv`, undefined, teacher)
  const rows = parse(body, { bom: true }) as string[][]
  t.strictSame(rows.slice(1), [
    [
      'Why [blue](http://x)?\nReally',
      'Ana',
      '0',
      'answered',
      'Because <b>air</b> scatters.\n\nMore of it.',
      'Ms Lin',
      '0:00:11',
    ],
    ["'=1+1", '匿名 Anonymous', '0', 'answered', '', '', '0:00:12'],
    ['Will there be a replay?', 'Ana', '1', 'open', '', '', ''],
    ['And at night?', 'Ana', '0', 'open', '', '', ''],
  ])
})

t.test('nobody else is given them', async (t) => {
  const { lesson } = await classWithQuestions()
  const other = await business.person('teacher')
  const student = await business.person()
  for (const kind of ['md', 'csv']) {
    const path = `GET /api/lessons/${lesson.id}/questions.${kind}`
    t.equal((await send(app, path)).status, 401)
    for (const person of [other, student]) t.equal((await send(app, path, undefined, person)).status, 403)
  }
})

/** The questions of a class with their answers, to be kept and handed out: as Markdown, and as a table. */
import type { Db } from '../../db/client.ts'
import type { EventType } from '../../signaling/protocol/events.ts'
import type { Question } from '../../signaling/protocol/question-list.ts'
import { applyEvent, emptyRoom } from '../../signaling/protocol/snapshot.ts'
import { csvTable } from '../http/csv.ts'
import { clock } from './clock.ts'
import { readEvents } from './room-log.ts'

const read: EventType[] = [
  'classStarted',
  'classEnded',
  'messageDeleted',
  'questionAsked',
  'questionVoted',
  'questionTaken',
  'questionAnswered',
  'questionReopened',
  'questionDismissed',
  'questionMerged',
]

/** `answeredAtMs`: when the answer began, in the time of the class; null where it is not answered, or was before class. */
type Told = Question & { answeredAtMs: number | null }

/** The answered ones in the order in which they were asked, then the open ones, most wanted first. */
export async function questionsOf(db: Db, lessonId: string): Promise<Told[]> {
  const room = emptyRoom()
  const answeredAt = new Map<number, number | null>()
  for await (const event of readEvents(db, lessonId, read)) {
    applyEvent(room, event)
    if (event.type === 'questionReopened') answeredAt.delete(event.data.questionSeq)
    if (event.type !== 'questionTaken' && event.type !== 'questionAnswered') continue
    const { questionSeq } = event.data
    if (!answeredAt.has(questionSeq)) answeredAt.set(questionSeq, event.mediaMs)
  }
  const all = room.questions.map((question) => ({ ...question, answeredAtMs: answeredAt.get(question.seq) ?? null }))
  const isAnswered = ({ status }: Question) => status === 'answered'
  const open = all.filter((question) => !isAnswered(question)).sort((a, b) => b.votes - a.votes || a.seq - b.seq)
  return [...all.filter(isAnswered), ...open]
}

export function questionsAsText(title: string, questions: Told[]): string {
  const sections = questions.map(({ text, answer, answeredAtMs, status }) => {
    const aloud = answeredAtMs === null ? '' : ` (${clock(answeredAtMs)})`
    const said = status === 'answered' ? `_课上口头回答 Answered in class${aloud}_` : '_尚未回答 Not answered yet_'
    return `## ${inline(text)}\n\n${answer ? quoted(answer.text) : said}\n`
  })
  return [`# ${inline(title)} · 问答 Questions\n`, ...sections].join('\n')
}

export function questionsAsTable(questions: Told[]): string {
  const head = [
    '问题 Question',
    '提问者 Asked by',
    '票数 Votes',
    '状态 Status',
    '回答 Answer',
    '回答者 Answered by',
    '课上时刻 Answered at',
  ]
  const rows = questions.map(({ text, by, anonymous, votes, status, answer, answeredAtMs }) => [
    text,
    anonymous ? '匿名 Anonymous' : (by?.displayName ?? ''),
    String(votes),
    status,
    answer?.text ?? '',
    answer?.by?.displayName ?? '',
    answeredAtMs === null ? '' : clock(answeredAtMs),
  ])
  return csvTable([head, ...rows])
}

/** What people wrote stays what they wrote: nothing of it becomes a link, a picture or a tag. */
const plain = (text: string) => text.replaceAll(/[\\`*_{}[\]<>#|~!&]/g, '\\$&')

const inline = (text: string) => plain(text.trim().replaceAll(/\s+/g, ' '))

const quoted = (text: string) =>
  text
    .trim()
    .split(/\r?\n/)
    .map((line) => `> ${plain(line)}`.trimEnd())
    .join('\n')

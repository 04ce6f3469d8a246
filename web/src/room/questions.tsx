/** The questions of the class: the open ones by votes or by time, the answered ones below their own head. */
import { ArrowDownUp, Download, MessageCircleQuestion, Settings2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Question } from '../../../signaling/protocol/question-list.ts'
import { download } from '../api/download.ts'
import { inOrder, type Order } from '../classroom/questions.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Menu, MenuItem } from '../ui/menu.tsx'
import { Empty } from '../ui/states.tsx'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { QuestionComposer } from './question-composer.tsx'
import { AnswerDialog, MergeDialog } from './question-dialogs.tsx'
import { QuestionRow, type QuestionTask } from './question-row.tsx'
import { useAct } from './use-act.ts'

type Shown = 'open' | 'answered'
const dialogs = { answer: AnswerDialog, merge: MergeDialog }

export function Questions() {
  const { t } = useTranslation()
  const { classroom, isStaff } = useRoom()
  const questions = useStorePart(classroom.questions.view, (view) => view.questions)
  const [shown, setShown] = useState<Shown>('open')
  const [order, setOrder] = useState<Order>('votes')
  const [task, setTask] = useState<{ name: QuestionTask; question: Question } | null>(null)
  const parts: Record<Shown, Question[]> = { open: [], answered: [] }
  for (const question of questions) parts[question.status === 'answered' ? 'answered' : 'open'].push(question)
  const list = inOrder(parts[shown], order)
  const Task = task && dialogs[task.name]
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="short:hidden flex items-center gap-1 border-b px-3 py-1.5">
        <fieldset aria-label={t('room.questions.shown')} className="flex gap-1">
          {(['open', 'answered'] as const).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={shown === name}
              onClick={() => setShown(name)}
              data-testid={`questions-${name}`}
              className={classes(
                'tabular h-8 rounded-full px-3 text-xs transition-colors duration-150',
                shown === name ? 'bg-sunken font-medium text-text' : 'text-muted hover:text-text',
              )}
            >
              {t(`room.questions.filter.${name}`)} {parts[name].length || ''}
            </button>
          ))}
        </fieldset>
        <span className="flex-1" />
        <Button
          size="sm"
          look="ghost"
          className="text-muted"
          onClick={() => setOrder(order === 'votes' ? 'new' : 'votes')}
          data-testid="questions-order"
        >
          <ArrowDownUp size={14} aria-hidden />
          {t(`room.questions.order.${order}`)}
        </Button>
        {isStaff && <DeskMenu />}
      </div>
      {list.length === 0 ? (
        <div className="flex flex-1 items-center justify-center">
          <Empty
            small
            icon={<MessageCircleQuestion size={28} strokeWidth={1.5} />}
            title={t(`room.questions.none.${shown}`)}
            text={shown === 'open' && !isStaff ? t('room.questions.lead') : undefined}
          />
        </div>
      ) : (
        <ul
          className="scroll-quiet min-h-0 flex-1 divide-y overflow-y-auto"
          aria-label={t('room.tabs.questions')}
          data-testid="questions"
        >
          {list.map((question) => (
            <QuestionRow
              key={question.seq}
              question={question}
              onTask={(name, question) => setTask({ name, question })}
            />
          ))}
        </ul>
      )}
      {!isStaff && <QuestionComposer onAsked={() => setShown('open')} />}
      {task && Task && <Task question={task.question} onClose={() => setTask(null)} />}
    </div>
  )
}

/** What concerns the questions as a whole: taking them home, and whether names may be hidden. */
function DeskMenu() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom, lesson, role } = useRoom()
  const anonymous = useStorePart(classroom.room, ({ settings }) => settings.anonymousQuestions)
  const save = (kind: 'md' | 'csv') =>
    void act(() => download(`/api/lessons/${lesson.id}/questions.${kind}`, `${lesson.title}.${kind}`))
  return (
    <Menu
      trigger={
        <IconButton
          small
          label={t('room.questions.deskMenu')}
          icon={<Settings2 size={16} />}
          data-testid="questions-menu"
        />
      }
    >
      <MenuItem
        onSelect={() => void act(() => classroom.order.changeSettings({ anonymousQuestions: !anonymous }))}
        testId="questions-anonymous"
      >
        {t(anonymous ? 'room.questions.requireNames' : 'room.questions.allowHiding')}
      </MenuItem>
      {role === 'teacher' &&
        (['md', 'csv'] as const).map((kind) => (
          <MenuItem key={kind} icon={<Download size={16} />} onSelect={() => save(kind)} testId={`export-${kind}`}>
            {t(`room.questions.export.${kind}`)}
          </MenuItem>
        ))}
    </Menu>
  )
}

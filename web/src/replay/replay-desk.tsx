/** What of a class is replayed, for its teacher: whether, from where to where, and its chapters. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Eye, EyeOff, Plus, Scissors, Trash2, X } from 'lucide-react'
import { Slider } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ReplayEdit } from '../../../src/playback/schema.ts'
import { replaysApi } from '../api/replays.ts'
import { clockTime, fileSize } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import type { Player } from '../player/player.ts'
import { ConfirmProvider, useConfirm } from '../room/confirm.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { FormTrouble } from '../ui/form-trouble.tsx'
import { tell } from '../ui/notes.ts'
import { Failed, Skeleton } from '../ui/states.tsx'
import { mediaTimeAt } from './media-time.ts'
import { ReplayFileButton } from './replay-file.tsx'

type Props = { lessonId: string; player: Player; onChanged: () => void; onRemoved: () => void }

export function ReplayDesk(props: Props) {
  const { t } = useTranslation()
  const { lessonId } = props
  const query = useQuery({ queryKey: ['replay', lessonId], queryFn: () => replaysApi.get(lessonId) })
  return (
    <ConfirmProvider>
      <section aria-label={t('replay.desk.title')} className="mt-6 rounded-card border bg-surface p-4 sm:p-5">
        <h2 className="display mb-3 text-base">{t('replay.desk.title')}</h2>
        {query.isPending ? (
          <Skeleton className="h-24" />
        ) : query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Form key={query.data.version} edit={query.data} {...props} />
        )}
      </section>
    </ConfirmProvider>
  )
}

type Chapter = ReplayEdit['chapters'][number]

function Form({ edit, lessonId, player, onChanged, onRemoved }: Props & { edit: ReplayEdit }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const confirm = useConfirm()
  const queries = useQueryClient()
  const [[from, to], setEnds] = useState([Math.max(edit.fromMs, edit.trimStartMs), edit.trimEndMs ?? edit.toMs])
  const [chapters, setChapters] = useState(edit.chapters)
  const save = useMutation({
    mutationFn: (change: Omit<Parameters<typeof replaysApi.change>[1], 'version'>) =>
      replaysApi.change(lessonId, { version: edit.version, ...change }),
    onSuccess: (changed) => {
      queries.setQueryData(['replay', lessonId], changed)
      tell(t('actions.saved'))
      onChanged()
    },
  })
  const remove = useMutation({ mutationFn: () => replaysApi.remove(lessonId), onSuccess: onRemoved })
  const trouble = save.error ?? remove.error
  const here = () => {
    const { replay, positionMs } = player.view.get()
    return Math.round(mediaTimeAt(replay?.runs ?? [], positionMs))
  }
  const askToRemove = async () => {
    const sure = await confirm({
      title: t('replay.desk.removeTitle'),
      text: t('replay.desk.removeText'),
      action: t('replay.desk.remove'),
    })
    if (sure) remove.mutate()
  }
  const renamed = JSON.stringify(chapters) !== JSON.stringify(edit.chapters)
  const complete = chapters.every(({ title }) => title.trim() !== '')
  const submit = () =>
    save.mutate({
      trimStartMs: from <= edit.fromMs ? 0 : from,
      trimEndMs: to >= edit.toMs ? null : to,
      ...(renamed && { chapters }),
    })
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center gap-3">
        <Button
          look={edit.published ? 'quiet' : 'primary'}
          busy={save.isPending}
          onClick={() => save.mutate({ published: !edit.published })}
          data-testid="publish-replay"
        >
          {edit.published ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
          {t(edit.published ? 'replay.desk.hide' : 'replay.desk.publish')}
        </Button>
        <p className="text-muted text-sm">
          {t(edit.published ? 'replay.desk.published' : 'replay.desk.hidden')} · {clockTime(edit.durationMs)} ·{' '}
          {fileSize(edit.storedBytes)}
        </p>
      </div>
      <Ends edit={edit} from={from} to={to} onChange={setEnds} here={here} />
      <Chapters chapters={chapters} fromMs={edit.fromMs} onChange={setChapters} here={here} />
      <ReplayFileButton lessonId={lessonId} version={edit.version} />
      {trouble && <FormTrouble>{textOf(trouble)}</FormTrouble>}
      <div className="flex flex-wrap justify-between gap-3">
        <Button look="ghost" onClick={() => void askToRemove()} busy={remove.isPending} data-testid="remove-replay">
          <Trash2 size={16} aria-hidden />
          {t('replay.desk.remove')}
        </Button>
        <Button
          look="primary"
          onClick={submit}
          busy={save.isPending}
          disabled={!complete || from >= to}
          data-testid="save-replay"
        >
          {t('actions.save')}
        </Button>
      </div>
    </div>
  )
}

type EndsProps = {
  edit: ReplayEdit
  from: number
  to: number
  onChange: (ends: [number, number]) => void
  here: () => number
}

function Ends({ edit, from, to, onChange, here }: EndsProps) {
  const { t } = useTranslation()
  const text = (ms: number) => clockTime(ms - edit.fromMs)
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 font-medium text-sm">{t('replay.desk.trim')}</legend>
      <Slider.Root
        value={[from, to]}
        min={edit.fromMs}
        max={Math.max(edit.toMs, edit.fromMs + 1000)}
        step={1000}
        minStepsBetweenThumbs={1}
        onValueChange={([start = from, end = to]) => onChange([start, end])}
        className="relative flex h-6 w-full touch-none select-none items-center"
      >
        <Slider.Track className="relative h-1.5 flex-1 rounded-full bg-sunken">
          <Slider.Range className="absolute h-full rounded-full bg-accent" />
        </Slider.Track>
        <Slider.Thumb
          aria-label={t('replay.desk.begin')}
          aria-valuetext={text(from)}
          className="block size-5 rounded-full border-2 border-accent bg-surface"
        />
        <Slider.Thumb
          aria-label={t('replay.desk.end')}
          aria-valuetext={text(to)}
          className="block size-5 rounded-full border-2 border-accent bg-surface"
        />
      </Slider.Root>
      <div className="flex flex-wrap justify-between gap-2">
        <Button size="sm" onClick={() => onChange([Math.min(here(), to - 1000), to])} data-testid="begin-here">
          <Scissors size={14} aria-hidden />
          {t('replay.desk.beginHere')} · <span className="tabular">{text(from)}</span>
        </Button>
        <Button size="sm" onClick={() => onChange([from, Math.max(here(), from + 1000)])} data-testid="end-here">
          <Scissors size={14} aria-hidden />
          {t('replay.desk.endHere')} · <span className="tabular">{text(to)}</span>
        </Button>
      </div>
    </fieldset>
  )
}

type ChaptersProps = {
  chapters: Chapter[]
  fromMs: number
  onChange: (chapters: Chapter[]) => void
  here: () => number
}

function Chapters({ chapters, fromMs, onChange, here }: ChaptersProps) {
  const { t } = useTranslation()
  const sorted = (all: Chapter[]) => all.toSorted((one, other) => one.mediaMs - other.mediaMs)
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 font-medium text-sm">{t('replay.chapters')}</legend>
      <ul className="flex flex-col gap-2">
        {chapters.map((chapter, index) => (
          <li key={chapter.mediaMs} className="flex items-end gap-2">
            <div className="min-w-0 flex-1">
              <Field
                label={clockTime(chapter.mediaMs - fromMs)}
                value={chapter.title}
                maxLength={80}
                required
                onChange={({ target }) =>
                  onChange(chapters.map((each, place) => (place === index ? { ...each, title: target.value } : each)))
                }
              />
            </div>
            <IconButton
              label={t('replay.desk.removeChapter', { title: chapter.title })}
              icon={<X size={16} />}
              onClick={() => onChange(chapters.filter((_, place) => place !== index))}
            />
          </li>
        ))}
      </ul>
      <Button
        size="sm"
        className="self-start"
        onClick={() => {
          const mediaMs = here()
          if (!chapters.some((chapter) => chapter.mediaMs === mediaMs))
            onChange(sorted([...chapters, { mediaMs, title: '' }]))
        }}
        data-testid="add-chapter"
      >
        <Plus size={14} aria-hidden />
        {t('replay.desk.addChapter')}
      </Button>
    </fieldset>
  )
}

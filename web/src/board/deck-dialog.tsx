/** What to bring to the board: a document of the lesson, one that is uploaded now, or a blank page. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { FileText, SquarePlus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { FileInfo } from '../../../src/courses/schema.ts'
import { coursewareApi } from '../api/courseware.ts'
import { filesApi } from '../api/files.ts'
import { fileSize } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { useRoom } from '../room/classroom-context.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { Upload } from '../ui/upload.tsx'
import { useStore } from '../use-store.ts'

export function DeckDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog open={open} onClose={onClose} title={t('room.board.choose')}>
      <Choice onClose={onClose} />
    </Dialog>
  )
}

function Choice({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const { classroom, lesson } = useRoom()
  const { board } = classroom
  const { blanks } = useStore(board.view)
  const queries = useQueryClient()
  const key = ['courseware', lesson.id]
  const list = useQuery({ queryKey: key, queryFn: () => coursewareApi.list(lesson.id) })
  const add = useMutation({
    mutationFn: (fileId: string) => coursewareApi.add(lesson.id, fileId),
    onSuccess: (answer) => queries.setQueryData(key, answer),
  })
  const bring = useMutation({
    mutationFn: async (fileId: string) => board.openDeck(fileId, await pagesOf(fileId)),
    onSuccess: onClose,
  })
  const blank = useMutation({ mutationFn: () => board.show({ fileId: null, number: blanks + 1 }), onSuccess: onClose })
  const error = add.error ?? bring.error ?? blank.error
  return (
    <div className="flex flex-col gap-4">
      <Button onClick={() => blank.mutate()} busy={blank.isPending} data-testid="choose-blank">
        <SquarePlus size={18} aria-hidden />
        {t('room.board.blank')}
      </Button>
      {list.isPending ? (
        <Skeleton className="h-12" />
      ) : list.error ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <ul className="divide-y rounded-card border empty:hidden" aria-label={t('room.board.documents')}>
          {list.data.files.map((file) => (
            <Row
              key={file.id}
              file={file}
              busy={bring.isPending && bring.variables === file.id}
              onChoose={() => bring.mutate(file.id)}
            />
          ))}
        </ul>
      )}
      <Upload purpose="document" label={t('room.board.upload')} onDone={({ id }) => add.mutate(id)} />
      {error && (
        <p role="alert" className="text-accent text-sm">
          {textOf(error)}
        </p>
      )}
    </div>
  )
}

function Row({ file, busy, onChoose }: { file: FileInfo; busy: boolean; onChoose: () => void }) {
  return (
    <li>
      <button
        type="button"
        onClick={onChoose}
        disabled={busy}
        aria-busy={busy || undefined}
        data-testid="choose-deck"
        className="flex w-full items-center gap-3 px-4 py-3 text-start hover:bg-sunken disabled:opacity-50"
      >
        <FileText size={18} aria-hidden className="shrink-0 text-muted" />
        <span className="min-w-0 flex-1 truncate text-sm">{file.name}</span>
        <span className="tabular text-muted text-xs">{fileSize(file.sizeBytes)}</span>
      </button>
    </li>
  )
}

async function pagesOf(fileId: string): Promise<number> {
  const [{ url }, { openPdf }] = await Promise.all([filesApi.address(fileId), import('../document/pdf.ts')])
  const { loaded, close } = openPdf(url)
  try {
    return (await loaded).numPages
  } finally {
    close()
  }
}

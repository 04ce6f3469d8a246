/** One's own pen, as long as one may draw. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../i18n/texts.ts'
import { useRoom } from '../room/classroom-context.ts'
import { tell } from '../ui/notes.ts'
import { useStorePart } from '../use-store.ts'
import { Pen } from './pen.ts'

export function usePen(): Pen | null {
  const { classroom, isStaff } = useRoom()
  const { t } = useTranslation()
  const textOf = useErrorText()
  const selfId = useStorePart(classroom.room, ({ self }) => self?.peerId)
  const lent = useStorePart(classroom.board.view, ({ pens }) => pens.some(({ peerId }) => peerId === selfId))
  const may = isStaff || lent
  useEffect(() => {
    if (lent) tell(t('room.board.lent'))
  }, [lent, t])
  const [pen, setPen] = useState<Pen | null>(null)
  useEffect(() => {
    if (!may) return
    const made = new Pen({
      request: classroom.connection.request,
      board: classroom.board,
      mayErase: ({ peerId }) => isStaff || peerId === selfId,
      failed: (error) => tell(textOf(error)),
    })
    setPen(made)
    return () => {
      made.close()
      setPen(null)
    }
  }, [may, isStaff, selfId, classroom, textOf])
  return pen
}

/** Where one writes: Enter sends, Shift+Enter makes a line; a word in the making (IME) is left alone. */
import { SendHorizontal } from 'lucide-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { limits } from '../../../signaling/protocol/constants.ts'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { inputClasses } from '../ui/field.tsx'
import { useRoom } from './classroom-context.ts'
import { OrderButton } from './order-dialog.tsx'
import { useSilence, useSlowMode } from './silence.ts'

const COUNT_FROM = limits.messageLength - 200

export function ChatComposer() {
  const { t } = useTranslation()
  const { classroom, isStaff } = useRoom()
  const [text, setText] = useState('')
  const input = useRef<HTMLTextAreaElement>(null)
  const silence = useSilence()
  const waiting = useSlowMode()
  const silent = silence !== null
  const send = () => {
    const said = text.trim()
    if (!said || silent || waiting > 0) return
    classroom.chat.send(said)
    setText('')
    input.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  const placeholder = silence ?? t('room.chat.placeholder')
  return (
    <div className="border-t bg-surface px-3 py-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]">
      <div className="flex items-end gap-2">
        <textarea
          ref={input}
          rows={1}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={onKeyDown}
          maxLength={limits.messageLength}
          disabled={silent}
          placeholder={placeholder}
          aria-label={placeholder}
          enterKeyHint="send"
          data-testid="chat-input"
          className={classes(inputClasses(), 'field-sizing-content max-h-28 min-h-10 resize-none py-2 leading-normal')}
        />
        {isStaff && <OrderButton />}
        <IconButton
          label={t('room.chat.send')}
          icon={<SendHorizontal size={20} />}
          onClick={send}
          // A tap must not take the keyboard away.
          onPointerDown={(event) => event.preventDefault()}
          disabled={!text.trim() || silent || waiting > 0}
          data-testid="chat-send"
          className="text-accent"
        />
      </div>
      {waiting > 0 && !silent && (
        <p className="tabular pt-1 text-muted text-xs" data-testid="slow-mode-wait">
          {t('room.chat.slowMode', { count: waiting })}
        </p>
      )}
      {text.length > COUNT_FROM && (
        <p className="tabular pt-1 text-muted text-xs">
          {t('room.chat.tooLong', { count: limits.messageLength - text.length })}
        </p>
      )}
    </div>
  )
}

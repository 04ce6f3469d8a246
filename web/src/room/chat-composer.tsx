/** Where one writes: Enter sends, Shift+Enter makes a line; a word in the making (IME) is left alone. */
import { Reply, SendHorizontal, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { limits } from '../../../signaling/protocol/constants.ts'
import type { Person } from '../../../signaling/protocol/events.ts'
import type { Message } from '../classroom/chat-log.ts'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { inputClasses } from '../ui/field.tsx'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { EmojiMenu } from './emoji-menu.tsx'
import { MENTION_LIST, MentionMenu, mentionRow } from './mention-menu.tsx'
import { calledIn, withMention } from './mentions.ts'
import { OrderButton } from './order-dialog.tsx'
import { OutgoingPictureView } from './outgoing-picture.tsx'
import { PictureButton } from './picture-button.tsx'
import { pictureAmong } from './prepare-picture.ts'
import { useSilence, useSlowMode } from './silence.ts'
import { useMentionList } from './use-mention-list.ts'
import { useOutgoingPicture } from './use-outgoing-picture.ts'

const COUNT_FROM = limits.messageLength - 200

type Props = {
  replyTo: Message | null
  onReplied: () => void
  /** Who is to be called by name in what is being written. */
  called: Person | null
  onCalled: () => void
}

export function ChatComposer({ replyTo, onReplied, called, onCalled }: Props) {
  const { t } = useTranslation()
  const { classroom, isStaff } = useRoom()
  const [text, setText] = useState('')
  const [caret, setCaret] = useState(0)
  const [picked, setPicked] = useState<readonly Person[]>([])
  const input = useRef<HTMLTextAreaElement>(null)
  const silence = useSilence()
  const waiting = useSlowMode()
  const silent = silence !== null
  const mayShow = useStorePart(classroom.room, ({ settings }) => isStaff || settings.pictures !== 'refuse')
  const outgoing = useOutgoingPicture(mayShow && !silent)
  const unready = text.trim() ? outgoing.chosen !== null && !outgoing.picture : !outgoing.picture
  const send = () => {
    const said = text.trim()
    const { picture, chosen } = outgoing
    if ((!said && !picture) || (chosen && !picture) || silent || waiting > 0) return
    const mentions = calledIn(said, picked).slice(0, limits.mentions)
    classroom.chat.send(said, { replyTo: replyTo?.seq ?? null, mentions, picture })
    outgoing.done()
    setText('')
    setPicked([])
    onReplied()
    input.current?.focus()
  }
  // Whoever chose a message to answer goes on writing.
  useEffect(() => {
    if (replyTo) input.current?.focus()
  }, [replyTo])
  const call = (person: Person, start: number, end: number) => {
    const written = withMention(text, start, end, person.displayName)
    if (written.text.length > limits.messageLength) return
    setText(written.text)
    setCaret(written.caret)
    setPicked([...picked, person])
    requestAnimationFrame(() => {
      input.current?.focus()
      input.current?.setSelectionRange(written.caret, written.caret)
    })
  }
  const people = useMentionList({ text, caret, onPick: (person, start) => call(person, start, caret) })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each person is called once
  useEffect(() => {
    if (!called) return
    call(called, text.length, text.length)
    onCalled()
  }, [called])
  const insert = (emoji: string) => setText((written) => (written + emoji).slice(0, limits.messageLength))
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (people.onKeyDown(event)) {
      event.preventDefault()
      event.stopPropagation()
      return
    }
    if (event.key === 'Escape' && replyTo) onReplied()
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    send()
  }
  const placeholder = silence ?? t('room.chat.placeholder')
  return (
    <section
      aria-label={t('room.chat.compose')}
      onDragOver={(event) => mayShow && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        void outgoing.choose(pictureAmong(event.dataTransfer.files))
      }}
      className="border-t bg-surface px-3 py-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]"
    >
      {replyTo && (
        <p className="flex items-center gap-2 pb-1.5 text-muted text-xs" data-testid="replying">
          <Reply size={14} aria-hidden className="shrink-0" />
          <span className="min-w-0 flex-1 truncate">
            {t('room.chat.replyingTo', {
              name: replyTo.by?.displayName ?? '',
              text: replyTo.text || t('room.picture.word'),
            })}
          </span>
          <IconButton small label={t('room.chat.noReply')} icon={<X size={14} />} onClick={onReplied} />
        </p>
      )}
      <OutgoingPictureView outgoing={outgoing} />
      <MentionMenu list={people} />
      <div className="flex items-end gap-1">
        <textarea
          ref={input}
          rows={1}
          value={text}
          onChange={({ target }) => {
            setText(target.value)
            setCaret(target.selectionStart)
          }}
          onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart)}
          onBlur={people.close}
          onPaste={(event) => {
            const pasted = mayShow ? pictureAmong(event.clipboardData.files) : undefined
            if (!pasted) return
            event.preventDefault()
            void outgoing.choose(pasted)
          }}
          onKeyDown={onKeyDown}
          maxLength={limits.messageLength}
          disabled={silent}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-autocomplete="list"
          aria-controls={people.people.length > 0 ? MENTION_LIST : undefined}
          aria-activedescendant={people.people.length > 0 ? mentionRow(people.current) : undefined}
          enterKeyHint="send"
          data-testid="chat-input"
          className={classes(inputClasses(), 'field-sizing-content max-h-28 min-h-10 resize-none py-2 leading-normal')}
        />
        {mayShow && <PictureButton disabled={silent || outgoing.chosen !== null} onPick={outgoing.choose} />}
        <EmojiMenu disabled={silent} onPick={insert} onClose={() => input.current?.focus()} />
        {isStaff && <OrderButton />}
        <IconButton
          label={t('room.chat.send')}
          icon={<SendHorizontal size={20} />}
          onClick={send}
          // A tap must not take the keyboard away.
          onPointerDown={(event) => event.preventDefault()}
          disabled={unready || silent || waiting > 0}
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
    </section>
  )
}

/** A field for Markdown: buttons for those who do not know it, pictures, and a look at how it will be shown. */
import { Bold, Heading2, ImagePlus, Link2, List, Quote } from 'lucide-react'
import { type DragEvent, type ReactNode, type RefObject, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StoredFileInfo } from '../../../src/files/schema.ts'
import { Button, IconButton } from './button.tsx'
import { classes } from './classes.ts'
import { inputClasses } from './field.tsx'
import { Markdown } from './markdown.tsx'
import { placePicture } from './markdown-picture.ts'
import { tell } from './notes.ts'
import { OnItsWay } from './on-its-way.tsx'
import { useUpload } from './use-upload.ts'

type Props = {
  label: string
  value: string
  onChange: (value: string) => void
  placeholder?: string
  hint?: ReactNode
  maxLength: number
  rows?: number
  /** Whether pictures can be put in. */
  pictures?: boolean
}

export function MarkdownField({
  label,
  value,
  onChange,
  placeholder,
  hint,
  maxLength,
  rows = 12,
  pictures = false,
}: Props) {
  const { t } = useTranslation()
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const [looking, setLooking] = useState(false)
  const put = (picture: StoredFileInfo) => {
    const { at, words } = placePicture(value, field.current?.selectionEnd ?? value.length, picture)
    if (field.current && field.current === document.activeElement) insert(field.current, at, at, words)
    else onChange(value.slice(0, at) + words + value.slice(at))
    tell(t('markdown.pictureIn'))
  }
  const upload = useUpload('image', put, pictures)
  const takeFrom = (files: FileList | undefined, event: { preventDefault(): void }) => {
    const picture = pictures ? [...(files ?? [])].find(({ type }) => type.startsWith('image/')) : undefined
    if (!picture) return
    event.preventDefault()
    upload.take(picture)
  }
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <label htmlFor={id} className="font-medium text-sm">
          {label}
        </label>
        <div className="flex items-center gap-1">
          {!looking && (
            <div role="toolbar" aria-label={t('markdown.tools')} className="flex">
              <Tools field={field} />
              {pictures && <PictureTool upload={upload} />}
            </div>
          )}
          <Button size="sm" look="ghost" aria-pressed={looking} onClick={() => setLooking(!looking)}>
            {t(looking ? 'markdown.write' : 'markdown.look')}
          </Button>
        </div>
      </div>
      {looking ? (
        <div
          className="min-h-40 rounded-control border border-line bg-surface px-4 py-3"
          data-testid="markdown-preview"
        >
          {value.trim() ? <Markdown text={value} /> : <p className="text-muted">{t('markdown.nothing')}</p>}
        </div>
      ) : (
        <textarea
          id={id}
          ref={field}
          rows={rows}
          value={value}
          placeholder={placeholder}
          maxLength={maxLength}
          aria-describedby={`${id}-note`}
          onChange={(event) => onChange(event.target.value)}
          onPaste={(event) => takeFrom(event.clipboardData.files, event)}
          onDrop={(event: DragEvent) => takeFrom(event.dataTransfer.files, event)}
          className={classes(inputClasses(), 'resize-y py-2 leading-relaxed')}
        />
      )}
      {upload.uploading && (
        <OnItsWay key={upload.uploading.file.name} uploading={upload.uploading} onGone={upload.forget} />
      )}
      {upload.mistake && (
        <p role="alert" className="text-accent text-sm">
          {upload.mistake}
        </p>
      )}
      <p id={`${id}-note`} className="flex justify-between gap-4 text-muted text-xs">
        <span>{hint}</span>
        {value.length > maxLength * 0.8 && (
          <span className="tabular shrink-0">
            {value.length} / {maxLength}
          </span>
        )}
      </p>
    </div>
  )
}

/** What goes before and after the selection; `line`: only at the beginning of a line. */
const tools = {
  heading: { icon: Heading2, before: '## ', after: '', line: true },
  bold: { icon: Bold, before: '**', after: '**', line: false },
  list: { icon: List, before: '- ', after: '', line: true },
  quote: { icon: Quote, before: '> ', after: '', line: true },
  link: { icon: Link2, before: '[', after: '](https://)', line: false },
} as const
type Tool = keyof typeof tools

function Tools({ field }: { field: RefObject<HTMLTextAreaElement | null> }) {
  const { t } = useTranslation()
  return (
    <>
      {(Object.keys(tools) as Tool[]).map((tool) => {
        const { icon: Icon } = tools[tool]
        return (
          <IconButton
            key={tool}
            small
            label={t(`markdown.${tool}`)}
            icon={<Icon size={16} />}
            onClick={() => field.current && apply(field.current, tool)}
          />
        )
      })}
    </>
  )
}

function PictureTool({ upload: { rule, uploading, take } }: { upload: ReturnType<typeof useUpload> }) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        className="sr-only"
        accept={rule?.endings.join(',')}
        tabIndex={-1}
        aria-hidden
        data-testid="file-picture"
        onChange={({ currentTarget }) => {
          take(currentTarget.files?.[0])
          currentTarget.value = ''
        }}
      />
      <IconButton
        small
        label={t('markdown.picture')}
        icon={<ImagePlus size={16} />}
        disabled={uploading !== null}
        data-testid="picture"
        onClick={() => input.current?.click()}
      />
    </>
  )
}

function apply(field: HTMLTextAreaElement, tool: Tool): void {
  const { before, after, line } = tools[tool]
  const { selectionStart, selectionEnd, value } = field
  const start = line ? value.lastIndexOf('\n', selectionStart - 1) + 1 : selectionStart
  const chosen = value.slice(start, selectionEnd)
  const text = line
    ? chosen
        .split('\n')
        .map((each) => before + each)
        .join('\n')
    : before + chosen + after
  insert(field, start, selectionEnd, text)
  if (!line) field.setSelectionRange(start + before.length, start + before.length + chosen.length)
}

/** In the place of what stands there. */
function insert(field: HTMLTextAreaElement, start: number, end: number, text: string): void {
  field.focus()
  field.setSelectionRange(start, end)
  // The only way to put text into a field that its undo knows of.
  document.execCommand('insertText', false, text)
}

/** The tools of the board: under the page, for those who may draw; turning pages is for those who teach. */
import {
  ArrowUpRight,
  Check,
  ChevronLeft,
  ChevronRight,
  Circle,
  Eraser,
  Highlighter,
  LayoutGrid,
  Minus,
  Palette,
  Pen as PenIcon,
  Redo2,
  Square,
  SquarePlus,
  Trash2,
  Type,
  Undo2,
  WandSparkles,
  X,
} from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Page } from '../../../signaling/protocol/board.ts'
import { colours } from '../../../signaling/protocol/constants.ts'
import { useRoom } from '../room/classroom-context.ts'
import { useConfirm } from '../room/confirm.tsx'
import { useAct } from '../room/use-act.ts'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Menu, MenuItem } from '../ui/menu.tsx'
import { useStore, useStorePart } from '../use-store.ts'
import { inkColours } from './ink.ts'
import { PageStrip } from './page-strip.tsx'
import type { Pen, PenTool } from './pen.ts'
import { useTurning } from './use-turning.ts'

const tools: { name: PenTool; icon: ReactNode }[] = [
  { name: 'pen', icon: <PenIcon size={18} /> },
  { name: 'highlighter', icon: <Highlighter size={18} /> },
  { name: 'laser', icon: <WandSparkles size={18} /> },
  { name: 'text', icon: <Type size={18} /> },
  { name: 'line', icon: <Minus size={18} /> },
  { name: 'arrow', icon: <ArrowUpRight size={18} /> },
  { name: 'rectangle', icon: <Square size={18} /> },
  { name: 'ellipse', icon: <Circle size={18} /> },
  { name: 'eraser', icon: <Eraser size={18} /> },
]
const widths = { thin: 15, medium: 30, thick: 60 } as const

export function BoardTools({ page, pen }: { page: Page; pen: Pen }) {
  const { t } = useTranslation()
  const { isStaff } = useRoom()
  const [strip, setStrip] = useState(false)
  return (
    <div className="flex flex-col bg-stage-raised text-on-stage" data-testid="board-tools">
      {strip && <PageStrip page={page} onClose={() => setStrip(false)} />}
      <div
        role="toolbar"
        aria-label={t('room.board.tools')}
        className="scroll-quiet flex items-center gap-0.5 overflow-x-auto px-2 py-1 lg:justify-center"
      >
        <Drawing pen={pen} />
        <Bar />
        <History pen={pen} />
        {isStaff && (
          <>
            <Clear page={page} />
            <Bar />
            <Turning page={page} />
            <IconButton
              small
              look="stage"
              label={t('room.board.pages')}
              aria-expanded={strip}
              icon={<LayoutGrid size={18} />}
              onClick={() => setStrip(!strip)}
              data-testid="board-pages"
            />
            <Close />
          </>
        )}
      </div>
    </div>
  )
}

const Bar = () => <span aria-hidden className="mx-1 h-6 w-px shrink-0 bg-stage-line" />

function Drawing({ pen }: { pen: Pen }) {
  const { t } = useTranslation()
  const { tool, colour, width } = useStore(pen.view)
  return (
    <>
      {tools.map(({ name, icon }) => (
        <IconButton
          key={name}
          small
          look="stage"
          label={t(`room.board.tool.${name}`)}
          icon={icon}
          aria-pressed={tool === name}
          className={classes(tool === name && 'bg-stage-press text-stage-accent')}
          onClick={() => pen.use({ tool: name })}
          data-testid={`tool-${name}`}
        />
      ))}
      <Menu
        trigger={
          <IconButton
            small
            look="stage"
            label={t('room.board.look')}
            icon={<Palette size={18} style={{ color: inkColours[colour === 'ink' ? 'white' : colour] }} />}
            data-testid="board-look"
          />
        }
      >
        {colours.map((name) => (
          <MenuItem
            key={name}
            icon={
              <span
                className="size-4 rounded-full border border-line-strong"
                style={{ backgroundColor: inkColours[name] }}
              />
            }
            onSelect={() => pen.use({ colour: name })}
            testId={`colour-${name}`}
          >
            {t(`room.board.colour.${name}`)} {colour === name && <Check size={14} className="inline" aria-hidden />}
          </MenuItem>
        ))}
        {Object.entries(widths).map(([name, value]) => (
          <MenuItem
            key={name}
            icon={<span className="w-4 rounded-full bg-text" style={{ height: value / 8 }} />}
            onSelect={() => pen.use({ width: value })}
          >
            {t(`room.board.width.${name as keyof typeof widths}`)}{' '}
            {width === value && <Check size={14} className="inline" aria-hidden />}
          </MenuItem>
        ))}
      </Menu>
    </>
  )
}

function History({ pen }: { pen: Pen }) {
  const { t } = useTranslation()
  const canUndo = useStorePart(pen.view, (view) => view.canUndo)
  const canRedo = useStorePart(pen.view, (view) => view.canRedo)
  return (
    <>
      <IconButton
        small
        look="stage"
        label={t('room.board.undo')}
        icon={<Undo2 size={18} />}
        disabled={!canUndo}
        onClick={() => void pen.undo()}
        data-testid="board-undo"
      />
      <IconButton
        small
        look="stage"
        label={t('room.board.redo')}
        icon={<Redo2 size={18} />}
        disabled={!canRedo}
        onClick={() => void pen.redo()}
        data-testid="board-redo"
      />
    </>
  )
}

function Clear({ page }: { page: Page }) {
  const { t } = useTranslation()
  const act = useAct()
  const confirm = useConfirm()
  const { board } = useRoom().classroom
  const empty = useStorePart(board.strokes, (strokes) => strokes.length === 0)
  const clear = async () => {
    const sure = await confirm({
      title: t('room.board.clearTitle'),
      text: t('room.board.clearText'),
      action: t('room.board.clear'),
    })
    if (sure) await act(() => board.clear(page))
  }
  return (
    <IconButton
      small
      look="stage"
      label={t('room.board.clear')}
      icon={<Trash2 size={18} />}
      disabled={empty}
      onClick={() => void clear()}
      data-testid="board-clear"
    />
  )
}

function Turning({ page }: { page: Page }) {
  const { t } = useTranslation()
  const { pages, previous, next, turn, blank } = useTurning(page)
  return (
    <>
      <IconButton
        small
        look="stage"
        label={t('room.board.previous')}
        icon={<ChevronLeft size={18} />}
        disabled={!previous}
        onClick={() => previous && turn(previous)}
        data-testid="board-previous"
      />
      <span className="tabular shrink-0 px-1 text-sm" aria-live="polite" data-testid="board-number">
        {page.number} / {pages}
      </span>
      <IconButton
        small
        look="stage"
        label={t('room.board.next')}
        icon={<ChevronRight size={18} />}
        disabled={!next}
        onClick={() => next && turn(next)}
        data-testid="board-next"
      />
      <IconButton
        small
        look="stage"
        label={t('room.board.blank')}
        icon={<SquarePlus size={18} />}
        onClick={() => turn(blank)}
        data-testid="board-blank"
      />
    </>
  )
}

function Close() {
  const { t } = useTranslation()
  const act = useAct()
  const { board } = useRoom().classroom
  return (
    <IconButton
      small
      look="stage"
      label={t('room.board.close')}
      icon={<X size={18} />}
      onClick={() => void act(() => board.show(null))}
      data-testid="board-close"
    />
  )
}

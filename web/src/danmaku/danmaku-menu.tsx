/** Comments over the picture: whether, how many, where, how clear, how fast. */
import { MessageSquareText } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { useStore } from '../use-store.ts'
import { choices, danmakuSettings, setDanmaku } from './settings.ts'

export function DanmakuMenu() {
  const { t } = useTranslation()
  const settings = useStore(danmakuSettings)
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <IconButton
          look="stage"
          label={t('danmaku.title')}
          icon={<MessageSquareText size={20} className={classes(!settings.on && 'opacity-50')} />}
          data-testid="danmaku-menu"
        />
      </Popover.Trigger>
      <Popover.Portal container={document.fullscreenElement as HTMLElement | null}>
        <Popover.Content
          side="top"
          sideOffset={6}
          collisionPadding={8}
          aria-label={t('danmaku.title')}
          className="z-50 flex w-72 max-w-[calc(100vw-1rem)] animate-rise flex-col gap-3 rounded-card border bg-raised p-4 text-sm text-text shadow-raised"
        >
          <label className="flex items-center justify-between gap-3 font-medium">
            {t('danmaku.on')}
            <input
              type="checkbox"
              checked={settings.on}
              onChange={({ target }) => setDanmaku({ on: target.checked })}
              data-testid="danmaku-on"
              className="size-4 accent-accent-fill"
            />
          </label>
          {(Object.keys(choices) as (keyof typeof choices)[]).map((name) => (
            <Choice key={name} name={name} disabled={!settings.on} />
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Choice({ name, disabled }: { name: keyof typeof choices; disabled: boolean }) {
  const { t } = useTranslation()
  const group = useId()
  const chosen = useStore(danmakuSettings)[name]
  return (
    <fieldset disabled={disabled} className="flex items-center gap-3 disabled:opacity-50">
      <legend className="float-start w-16 shrink-0 text-muted text-xs leading-8">{t(`danmaku.${name}.title`)}</legend>
      <div className="flex min-w-0 flex-1 rounded-control bg-sunken p-0.5">
        {choices[name].map((option) => (
          <label
            key={option}
            data-testid={`danmaku-${name}-${option}`}
            className="flex h-7 min-w-0 flex-1 cursor-pointer items-center justify-center rounded-[6px] text-xs has-checked:bg-raised has-checked:font-medium has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={group}
              checked={chosen === option}
              onChange={() => setDanmaku({ [name]: option })}
              className="sr-only"
            />
            {t(`danmaku.${name}.${option}` as 'danmaku.area.full')}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

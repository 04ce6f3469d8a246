/** How to pay. */
import { QrCode, Smartphone } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Channel } from '../../../src/payments/schema.ts'
import { classes } from '../ui/classes.ts'
import { providerOf } from './channels.ts'

type Props = { channels: Channel[]; chosen: Channel | null; onChoose: (channel: Channel) => void }

const scanned: Channel[] = ['wechat_native', 'alipay_qr']

export function ChannelChoice({ channels, chosen, onChoose }: Props) {
  const { t } = useTranslation()
  return (
    <fieldset className="grid gap-2 sm:grid-cols-2">
      <legend className="sr-only">{t('checkout.howToPay')}</legend>
      {channels.map((channel) => (
        <label
          key={channel}
          className={classes(
            'flex cursor-pointer items-center gap-3 rounded-card border bg-surface p-3 transition-colors duration-150',
            'has-focus-visible:outline-2 has-focus-visible:outline-accent',
            chosen === channel ? 'border-accent bg-accent-soft' : 'hover:border-line-strong',
          )}
        >
          <input
            type="radio"
            name="channel"
            value={channel}
            data-testid={`channel-${providerOf(channel)}`}
            checked={chosen === channel}
            onChange={() => onChoose(channel)}
            className="size-4 accent-(--accent-fill)"
          />
          <span className="flex-1">
            <span className="block font-medium text-sm">{t(`checkout.provider.${providerOf(channel)}`)}</span>
            <span className="block text-muted text-xs">{t(`checkout.channel.${channel}`)}</span>
          </span>
          <span className="text-muted" aria-hidden>
            {scanned.includes(channel) ? <QrCode size={20} /> : <Smartphone size={20} />}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

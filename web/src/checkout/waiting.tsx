/** While a payment is on its way: what to scan or open, how long it holds, and what the server knows. */
import { ExternalLink, LoaderCircle } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { Prompt } from '../../../src/payments/schema.ts'
import { clockTime, money } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button, buttonClasses } from '../ui/button.tsx'
import { useNow } from '../use-now.ts'
import { payThroughBridge } from './bridge.ts'
import { providerOf } from './channels.ts'
import type { Checkout, CheckoutView } from './checkout.ts'
import { PayCode } from './pay-code.tsx'

type Props = { checkout: Checkout; view: CheckoutView; sandboxUrl: string | null }

export function Waiting({ checkout, view, sandboxUrl }: Props) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const { order, prompt, step, error } = view
  if (!order) return null
  return (
    <section className="flex flex-col items-center gap-4 text-center" aria-label={t('checkout.paying')}>
      <div>
        <p className="text-balance font-medium">{order.title}</p>
        <p className="tabular font-semibold text-accent text-xl">{money(order.payableFen)}</p>
      </div>
      {prompt && <PromptView prompt={prompt} view={view} checkout={checkout} />}
      {prompt?.kind === 'code' && sandboxUrl && <SandboxLink url={sandboxUrl} code={prompt.codeUrl} />}
      <p role="status" data-testid="pay-state" data-step={step} className="flex items-center gap-2 font-medium text-sm">
        <LoaderCircle size={16} className="animate-spin text-accent motion-reduce:animate-none" aria-hidden />
        {t(`checkout.step.${step === 'confirming' ? 'confirming' : 'waiting'}`)}
      </p>
      {step === 'confirming' && <p className="max-w-sm text-muted text-xs">{t('checkout.confirmingText')}</p>}
      {error !== null && (
        <p role="alert" className="text-accent text-xs">
          {textOf(error)}
        </p>
      )}
      <TimeLeft expiresAt={order.expiresAt} />
      <div className="flex flex-wrap justify-center gap-2">
        <Button look="ink" data-testid="i-have-paid" onClick={() => void checkout.confirm()}>
          {t('checkout.havePaid')}
        </Button>
        <Button onClick={() => checkout.choose()}>{t('checkout.otherWay')}</Button>
        <Button look="ghost" onClick={() => void checkout.cancel()}>
          {t('checkout.cancel')}
        </Button>
      </div>
    </section>
  )
}

function PromptView({ prompt, view, checkout }: { prompt: Prompt; view: CheckoutView; checkout: Checkout }) {
  const { t } = useTranslation()
  const provider = t(`checkout.provider.${view.channel ? providerOf(view.channel) : 'wechat'}`)
  if (prompt.kind === 'code')
    return (
      <>
        <PayCode text={prompt.codeUrl} label={t('checkout.codeLabel', { provider })} />
        <p className="text-muted text-sm">{t('checkout.scan', { provider })}</p>
      </>
    )
  if (prompt.kind === 'url')
    return (
      <a
        href={prompt.url}
        target="_blank"
        rel="noreferrer"
        data-testid="open-provider"
        className={buttonClasses('primary', 'lg')}
        onClick={() => setTimeout(() => void checkout.confirm(), 500)}
      >
        <ExternalLink size={18} aria-hidden />
        {t('checkout.open', { provider })}
      </a>
    )
  return <Bridge prompt={prompt} checkout={checkout} />
}

function Bridge({ prompt, checkout }: { prompt: Extract<Prompt, { kind: 'jsapi' }>; checkout: Checkout }) {
  const { t } = useTranslation()
  const open = () =>
    void payThroughBridge(prompt).then((seemsPaid) => {
      if (seemsPaid) void checkout.confirm()
    })
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each prompt
  useEffect(open, [prompt])
  return (
    <Button look="primary" size="lg" onClick={open}>
      {t('checkout.open', { provider: t('checkout.provider.wechat') })}
    </Button>
  )
}

function SandboxLink({ url, code }: { url: string; code: string }) {
  const { t } = useTranslation()
  return (
    <a
      href={`${url}/scan?${new URLSearchParams({ code })}`}
      target="_blank"
      rel="noreferrer"
      data-testid="sandbox-scan"
      className="text-accent text-sm underline-offset-4 hover:underline"
    >
      {t('checkout.sandboxScan')}
    </a>
  )
}

function TimeLeft({ expiresAt }: { expiresAt: number }) {
  const { t } = useTranslation()
  const left = expiresAt - useNow()
  return (
    <p className="tabular text-muted text-xs">
      {left > 0 ? t('checkout.timeLeft', { time: clockTime(left) }) : t('checkout.timeOver')}
    </p>
  )
}

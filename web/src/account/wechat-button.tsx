/** The way to WeChat, beside the other ways in. */
import { useMutation } from '@tanstack/react-query'
import { MessageCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/api.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { FormTrouble } from '../ui/form-trouble.tsx'
import { rememberNext } from './after-wechat.ts'

type Props = { next: string; termsVersion: string | undefined; children?: ReactNode }

export function WechatButton({ next, termsVersion, children }: Props) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const leave = useMutation({
    mutationFn: async () => {
      const { url } = await api.leaveToWechat(termsVersion)
      rememberNext(next)
      location.assign(url)
    },
  })
  return (
    <div className="mt-6 flex flex-col gap-3">
      <p className="flex items-center gap-3 text-muted text-xs before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {t('signIn.or')}
      </p>
      {children}
      <Button size="lg" data-testid="wechat-sign-in" busy={leave.isPending} onClick={() => leave.mutate()}>
        <MessageCircle size={18} aria-hidden />
        {t('signIn.wechat')}
      </Button>
      {leave.error && <FormTrouble>{textOf(leave.error)}</FormTrouble>}
    </div>
  )
}

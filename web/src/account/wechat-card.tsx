/** The WeChat that is linked to the account. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Account, SignInWays } from '../../../src/users/schema.ts'
import { wechatWay } from '../api/account-calls.ts'
import { api } from '../api/api.ts'
import { Button } from '../ui/button.tsx'
import { tell } from '../ui/notes.ts'
import { Card, StateLine } from './card.tsx'
import { ProofDialog } from './proof.tsx'

export function WechatCard({ account, ways }: { account: Account; ways: SignInWays | undefined }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const { wechat } = account
  if (!wechat && !ways?.wechat[wechatWay()]) return null
  const close = () => setOpen(false)
  return (
    <Card title={t('me.wechat.title')} lead={t('me.wechat.lead')}>
      <StateLine
        action={
          <Button data-testid={wechat ? 'unlink-wechat' : 'link-wechat'} onClick={() => setOpen(true)}>
            {t(wechat ? 'me.wechat.unlink' : 'me.wechat.link')}
          </Button>
        }
      >
        {wechat ? wechat.nickname || t('me.wechat.linked') : <span className="text-muted">{t('me.none')}</span>}
      </StateLine>
      {open && wechat && (
        <ProofDialog
          account={account}
          title={t('me.wechat.unlink')}
          text={t('me.wechat.unlinkText')}
          action={t('me.wechat.unlink')}
          testId="confirm-unlink"
          onClose={close}
          run={async (proof) => {
            await api.unlinkWechat(proof)
            tell(t('me.wechat.unlinked'))
          }}
        />
      )}
      {open && !wechat && (
        <ProofDialog
          account={account}
          title={t('me.wechat.link')}
          text={t('me.wechat.linkText')}
          action={t('me.wechat.go')}
          testId="confirm-link"
          onClose={close}
          run={async (proof) => location.assign((await api.leaveToLinkWechat(proof)).url)}
        />
      )}
    </Card>
  )
}

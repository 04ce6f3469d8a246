/** Taking all of one's data along, and leaving for good. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Account } from '../../../src/users/schema.ts'
import { api } from '../api/api.ts'
import { fullMoment } from '../format.ts'
import { Button } from '../ui/button.tsx'
import { tell } from '../ui/notes.ts'
import { Card, StateLine } from './card.tsx'
import { KeepAccount } from './keep-account.tsx'
import { ProofDialog } from './proof.tsx'

export function ExportCard({ account }: { account: Account }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <Card title={t('me.export.title')}>
      <StateLine
        action={
          <Button data-testid="export" onClick={() => setOpen(true)}>
            {t('me.export.action')}
          </Button>
        }
      >
        <span className="text-muted">{t('me.export.lead')}</span>
      </StateLine>
      {open && (
        <ProofDialog
          account={account}
          title={t('me.export.title')}
          text={t('me.export.text')}
          action={t('me.export.action')}
          testId="confirm-export"
          onClose={() => setOpen(false)}
          run={async (proof) => {
            save(
              await api.exportData(proof),
              `jiangtang-${account.username}-${new Date().toISOString().slice(0, 10)}.json`,
            )
            tell(t('me.export.done'))
          }}
        />
      )}
    </Card>
  )
}

function save(data: object, fileName: string): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }))
  Object.assign(document.createElement('a'), { href: url, download: fileName }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

export function DeletionCard({ account }: { account: Account }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  if (account.deletionDueAt !== null)
    return (
      <Card title={t('me.deletion.title')}>
        <StateLine action={<KeepAccount />}>
          {t('me.deletion.due', { time: fullMoment(account.deletionDueAt) })}
        </StateLine>
      </Card>
    )
  return (
    <Card title={t('me.deletion.title')}>
      <StateLine
        action={
          <Button data-testid="delete-account" onClick={() => setOpen(true)}>
            {t('me.deletion.action')}
          </Button>
        }
      >
        <span className="text-muted">{t('me.deletion.lead')}</span>
      </StateLine>
      {open && (
        <ProofDialog
          account={account}
          title={t('me.deletion.title')}
          text={
            <>
              {t('me.deletion.goes')}
              <br />
              {t('me.deletion.stays')}
              <br />
              {t('me.deletion.back')}
            </>
          }
          action={t('me.deletion.action')}
          testId="confirm-deletion"
          onClose={() => setOpen(false)}
          run={api.askForDeletion}
        />
      )}
    </Card>
  )
}

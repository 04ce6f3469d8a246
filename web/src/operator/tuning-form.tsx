/** Operators: how many media workers there are, and how much each is meant to carry, changed while classes go on. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Tuning } from '../../../src/capacity/schema.ts'
import { operatorApi } from '../api/operator.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { tell } from '../ui/notes.ts'

export function TuningForm({ tuning }: { tuning: Tuning }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [wish, setWish] = useState<Partial<Tuning>>({})
  const { workers, consumersPerWorker } = { ...tuning, ...wish }
  const changed = workers !== tuning.workers || consumersPerWorker !== tuning.consumersPerWorker
  const tune = useMutation({
    mutationFn: () => operatorApi.tuneNode({ workers, consumersPerWorker }),
    onSuccess: (node) => {
      queries.setQueryData(['operator', 'node'], node)
      setWish({})
      tell(t('operator.node.tuned'))
    },
    onError: (error) => tell(textOf(error)),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    tune.mutate()
  }
  return (
    <form onSubmit={submit} className="mt-6 flex flex-wrap items-end gap-4 rounded-card border bg-surface p-4 sm:p-6">
      <div className="w-full max-w-40">
        <Field
          label={t('operator.node.count')}
          type="number"
          required
          min={1}
          max={128}
          value={workers}
          onChange={({ target }) => setWish({ ...wish, workers: target.valueAsNumber })}
          data-testid="worker-count"
        />
      </div>
      <div className="w-full max-w-48">
        <Field
          label={t('operator.node.limit')}
          type="number"
          required
          min={2}
          max={10_000}
          value={consumersPerWorker}
          onChange={({ target }) => setWish({ ...wish, consumersPerWorker: target.valueAsNumber })}
        />
      </div>
      <Button type="submit" disabled={!changed} busy={tune.isPending} data-testid="tune-node">
        {t('operator.node.tune')}
      </Button>
      <p className="w-full text-muted text-xs">{t('operator.node.tuneNote')}</p>
    </form>
  )
}

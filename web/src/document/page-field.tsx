/** The page one is at, and where another one is typed. */
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

type Props = { page: number; pages: number; onGo: (page: number) => void }

export function PageField({ page, pages, onGo }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(String(page))
  useEffect(() => setTyped(String(page)), [page])
  const go = (event: FormEvent) => {
    event.preventDefault()
    const number = Number(typed)
    if (Number.isInteger(number) && number >= 1 && number <= pages) onGo(number)
    else setTyped(String(page))
  }
  return (
    <form noValidate onSubmit={go} className="tabular flex items-center gap-1 text-sm">
      <input
        aria-label={t('document.goTo', { pages })}
        inputMode="numeric"
        value={typed}
        maxLength={5}
        data-testid="document-page"
        onChange={(event) => setTyped(event.target.value)}
        onFocus={(event) => event.target.select()}
        onBlur={() => setTyped(String(page))}
        className="h-8 w-12 rounded-control border border-line-strong bg-surface text-center"
      />
      <span aria-hidden className="whitespace-nowrap text-muted">
        / {pages}
      </span>
    </form>
  )
}

/** The page for addresses that lead nowhere. */
import { Signpost } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { buttonClasses } from '../ui/button.tsx'
import { Empty } from '../ui/states.tsx'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <main className="flex min-h-[60dvh] items-center justify-center">
      <Empty icon={<Signpost size={36} strokeWidth={1.5} />} title={t('notFound.title')} text={t('notFound.text')}>
        <Link to="/" className={buttonClasses('primary')}>
          {t('notFound.action')}
        </Link>
      </Empty>
    </main>
  )
}

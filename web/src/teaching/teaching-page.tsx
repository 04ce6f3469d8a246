/** What one makes and teaches: courses, and the live lessons on one's calendar. */
import { ReceiptText } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { User } from '../../../src/users/schema.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { SignedInOnly } from '../layout/signed-in-only.tsx'
import { buttonClasses } from '../ui/button.tsx'
import { OwnCourses } from './own-courses.tsx'
import { OwnLessons } from './own-lessons.tsx'

export function TeachingPage() {
  const { t } = useTranslation()
  useTitle(t('teaching.title'))
  return <SignedInOnly>{(user) => <Teaching user={user} />}</SignedInOnly>
}

function Teaching({ user }: { user: User }) {
  const { t } = useTranslation()
  const mayTeach = user.role === 'teacher' || user.role === 'operator' || user.role === 'admin'
  return (
    <main className="mx-auto max-w-4xl px-4 pt-8 pb-16 sm:px-6 sm:pt-12">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div>
          <h1 className="display text-xl">{t('teaching.title')}</h1>
          <p className="mt-1 text-muted text-sm">{t('teaching.lead')}</p>
        </div>
        {mayTeach && (
          <Link to="/teaching/sales" className={buttonClasses('ghost', 'sm')}>
            <ReceiptText size={16} aria-hidden />
            {t('teaching.sales')}
          </Link>
        )}
      </div>
      {mayTeach && <OwnCourses user={user} />}
      <OwnLessons user={user} mayTeach={mayTeach} />
    </main>
  )
}

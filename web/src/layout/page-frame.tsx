/** A reading page: header above, content in the middle. */
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { DeletionBar } from '../account/keep-account.tsx'
import { Header } from './header.tsx'

export function PageFrame({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <Header />
      <DeletionBar />
      <div id="main" className="flex-1">
        {children}
      </div>
    </div>
  )
}

/** Names the browser's tab. */
export function useTitle(title?: string): void {
  const { t, i18n } = useTranslation()
  useEffect(() => {
    const name = i18n.language === 'en' ? 'Jiangtang' : '讲堂 Jiangtang'
    document.title = title ? `${title} · ${t('app.name')}` : name
  }, [title, t, i18n.language])
}

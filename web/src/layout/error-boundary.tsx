/** Catches what a screen threw, and offers a way on. */
import { Frown } from 'lucide-react'
import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/states.tsx'

export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override componentDidCatch(error: unknown) {
    console.error(error)
  }

  override render() {
    return this.state.failed ? <Crashed /> : this.props.children
  }
}

function Crashed() {
  const { t } = useTranslation()
  return (
    <div role="alert" className="flex min-h-dvh items-center justify-center">
      <Empty icon={<Frown size={32} strokeWidth={1.5} />} title={t('crash.title')} text={t('crash.text')}>
        <Button look="primary" onClick={() => location.reload()}>
          {t('actions.reload')}
        </Button>
      </Empty>
    </div>
  )
}

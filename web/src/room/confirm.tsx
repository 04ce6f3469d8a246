/** Asks once before something that hurts. */
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'

type Question = { title: string; text: string; action: string; cancel?: string; testId?: string }
type Asked = Question & { answer: (sure: boolean) => void }

const Context = createContext<(question: Question) => Promise<boolean>>(() => Promise.resolve(false))

export const useConfirm = () => useContext(Context)

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<Asked | null>(null)
  const ask = useCallback(
    (question: Question) => new Promise<boolean>((answer) => setAsked({ ...question, answer })),
    [],
  )
  const close = (sure: boolean) => {
    asked?.answer(sure)
    setAsked(null)
  }
  return (
    <Context value={ask}>
      {children}
      {asked && (
        <Dialog
          open
          onClose={() => close(false)}
          title={asked.title}
          text={asked.text}
          actions={
            <>
              <Button onClick={() => close(false)}>{asked.cancel ?? t('actions.cancel')}</Button>
              <Button look="ink" onClick={() => close(true)} data-testid={asked.testId ?? 'confirm'}>
                {asked.action}
              </Button>
            </>
          }
        />
      )}
    </Context>
  )
}

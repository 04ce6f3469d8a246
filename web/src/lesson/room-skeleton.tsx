/** A room's shape while it is being opened. */
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../ui/states.tsx'

export function RoomSkeleton() {
  const { t } = useTranslation()
  return (
    <div className="flex h-dvh flex-col" role="status" aria-label={t('room.connection.connecting')}>
      <div className="flex h-14 items-center gap-3 border-b px-4">
        <Skeleton className="h-5 w-48" />
      </div>
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row lg:gap-4 lg:p-4">
        <div className="aspect-video w-full bg-stage lg:aspect-auto lg:flex-1 lg:rounded-card" />
        <div className="flex flex-col gap-3 p-4 lg:w-88 lg:p-0">
          <Skeleton className="h-10" />
          <Skeleton className="h-5 w-2/3" />
          <Skeleton className="h-5 w-1/2" />
        </div>
      </div>
    </div>
  )
}

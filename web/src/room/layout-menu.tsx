/** How the stage is laid out: for oneself, and by staff for everybody. */
import { LayoutGrid } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Layout, layouts } from '../../../signaling/protocol/constants.ts'
import { IconButton } from '../ui/button.tsx'
import { Menu, MenuChoice, MenuLine } from '../ui/menu.tsx'
import { useStore } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { useAct } from './use-act.ts'

export function LayoutMenu() {
  const { t } = useTranslation()
  const { classroom, isStaff } = useRoom()
  const { own } = useStore(classroom.layout.view)
  const options = layouts.map((value) => ({ value, label: t(`room.layout.${value}`) }))
  return (
    <Menu
      side="top"
      trigger={
        <IconButton look="stage" label={t('room.layout.title')} icon={<LayoutGrid size={20} />} data-testid="layout" />
      }
    >
      <MenuChoice<Layout | 'follow'>
        label={t('room.layout.own')}
        value={own ?? 'follow'}
        onChange={(value) => classroom.layout.prefer(value === 'follow' ? null : value)}
        options={[{ value: 'follow', label: t('room.layout.follow') }, ...options]}
      />
      {isStaff && (
        <>
          <MenuLine />
          <LayoutForAll />
        </>
      )}
    </Menu>
  )
}

/** Within a menu. */
export function LayoutForAll() {
  const { t } = useTranslation()
  const act = useAct()
  const { layout } = useRoom().classroom
  const { chosen } = useStore(layout.view)
  return (
    <MenuChoice<Layout>
      label={t('room.layout.forAll')}
      value={chosen}
      onChange={(value) => void act(() => layout.choose(value))}
      options={layouts.map((value) => ({ value, label: t(`room.layout.${value}`) }))}
    />
  )
}

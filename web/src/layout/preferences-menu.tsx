/** Language and theme, for everyone, signed in or not. */
import { Languages } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { currentLanguage, type Language, languages, setLanguage } from '../i18n/i18n.ts'
import { setTheme, theme, themes } from '../preferences.ts'
import { IconButton } from '../ui/button.tsx'
import { Menu, MenuChoice, MenuLine } from '../ui/menu.tsx'
import { useStore } from '../use-store.ts'

export function PreferencesMenu() {
  const { t } = useTranslation()
  return (
    <Menu
      trigger={<IconButton label={t('nav.preferences')} icon={<Languages size={18} />} data-testid="preferences" />}
    >
      <PreferenceChoices />
    </Menu>
  )
}

export function PreferenceChoices() {
  const { t } = useTranslation()
  return (
    <>
      <MenuChoice<Language>
        label={t('nav.language')}
        value={currentLanguage()}
        options={Object.entries(languages).map(([value, label]) => ({ value: value as Language, label }))}
        onChange={(language) => void setLanguage(language)}
      />
      <MenuLine />
      <MenuChoice
        label={t('nav.theme')}
        value={useStore(theme)}
        options={themes.map((value) => ({ value, label: t(`theme.${value}`) }))}
        onChange={setTheme}
      />
    </>
  )
}

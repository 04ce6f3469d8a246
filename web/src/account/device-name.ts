/** “Chrome on Windows”, from the browser's long words for itself. */
import type { TFunction } from 'i18next'

type Known = readonly [RegExp, string]

const browsers: readonly Known[] = [
  [/MicroMessenger/, '微信 WeChat'],
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]

const systems: readonly Known[] = [
  [/HarmonyOS/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

export function deviceNameOf(userAgent: string, t: TFunction): string {
  const find = (known: readonly Known[]) => known.find(([pattern]) => pattern.test(userAgent))?.[1]
  const [browser, system] = [find(browsers), find(systems)]
  if (browser && system) return t('account.deviceName', { browser, system })
  return browser ?? system ?? (userAgent.slice(0, 60) || t('account.unknownDevice'))
}

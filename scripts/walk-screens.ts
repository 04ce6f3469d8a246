/**
 * `npm run screens -- FOLDER [words…]`: walks every screen of a demo and keeps a picture of each, on wide screens and
 * phones, light and dark, in both languages; with words, only those whose names have all of them. Says what is wider
 * than its screen, what is hard to use without eyes or mouse, and what went wrong in a page.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { barriersIn } from '../test/support/barriers.ts'
import { dress, openAs, phone, wide, withDemo } from './demo-in-chromium.ts'
import { type Scene, setScene } from './demo-scene.ts'
import { screens, visit, type Way, type Who } from './screens.ts'

const [folder, ...words] = process.argv.slice(2)
const themes = [
  ['light', 'zh-CN'],
  ['dark', 'en'],
  ['light', 'en'],
  ['dark', 'zh-CN'],
] as const

async function walk(browser: Browser, scene: Scene, who: Who, viewport: typeof wide) {
  const small = viewport === phone
  const wanted = themes.flatMap(([theme, language]) =>
    screens[who]
      .map(([name, way]) => {
        const picture = `${who}-${name}-${small ? 'phone' : 'wide'}-${theme}-${language.slice(0, 2)}`
        return { theme, language, way, picture }
      })
      .filter(({ picture }) => words.every((word) => picture.includes(word))),
  )
  if (wanted.length === 0) return
  const page = await openAs(browser, scene.url, who, viewport)
  for (const { theme, language, way, picture } of wanted) {
    await dress(page, [theme, language])
    await take(page, scene, picture, way).catch((error) => console.log(`${picture}: ${String(error).split('\n')[0]}`))
  }
  await page.context().close()
}

async function take(page: Page, scene: Scene, picture: string, way: Way) {
  const complain = (trouble: Error | string) => console.log(`${picture}: ${trouble}`)
  page.on('pageerror', complain)
  try {
    await visit(page, scene, way)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (over > 0) complain(`${over} px wider than the screen`)
    for (const barrier of await barriersIn(page)) complain(barrier)
  } finally {
    await page.screenshot({ path: join(folder!, `${picture}.png`), fullPage: true })
    page.off('pageerror', complain)
  }
}

if (!folder) throw new Error('npm run screens -- FOLDER [words…]')
mkdirSync(folder, { recursive: true })
await withDemo(async (demo) => {
  const scene = await setScene(demo)
  for (const who of Object.keys(screens) as Who[])
    for (const viewport of [wide, phone]) await walk(demo.browser, scene, who, viewport)
})

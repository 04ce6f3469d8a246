/** Every screen of the demo, each in one of its looks: nothing in it keeps those out who use no eyes or no mouse. */
import t from 'tap'
import { type Dress, dress, openAs, phone, wide, withDemo } from '../../scripts/demo-in-chromium.ts'
import { setScene } from '../../scripts/demo-scene.ts'
import { screens, visit, type Who } from '../../scripts/screens.ts'
import { barriersIn } from '../support/barriers.ts'

const looks: readonly (readonly [viewport: typeof wide, dress: Dress])[] = [
  [wide, ['light', 'zh-CN']],
  [phone, ['dark', 'en']],
  [wide, ['dark', 'en']],
  [phone, ['light', 'zh-CN']],
]

await withDemo(async (demo) => {
  const scene = await setScene(demo)
  /** What this person sees, in turn in each of the looks that this screen size has. */
  const walk = async (who: Who, viewport: typeof wide) => {
    const page = await openAs(demo.browser, scene.url, who, viewport)
    page.on('pageerror', (error) => t.fail(`${who}: ${error}`))
    for (const [place, [name, way]] of screens[who].entries()) {
      const [size, clothes] = looks[place % looks.length]!
      if (size !== viewport) continue
      await dress(page, clothes)
      await visit(page, scene, way)
      t.strictSame(await barriersIn(page), [], `${who}: ${name}`)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      t.ok(over <= 0, `${who}: ${name} is not wider than its screen`)
    }
    await page.context().close()
  }
  // One person is in one place at a time; two persons can walk side by side.
  const all = async (...people: Who[]) => {
    for (const who of people) for (const viewport of [wide, phone]) await walk(who, viewport)
  }
  await Promise.all([all('visitor', 'teacher'), all('student', 'operator')])
}, 0)

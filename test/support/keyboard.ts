/** Moving through a page by keys alone, with an eye on whether the focus can be seen. */
import type { Page } from 'playwright-core'

const MOST_STEPS = 80

/** Walks pages by keys; `unseen` gathers what had the focus and did not show it. */
export function byKeys() {
  const unseen: string[] = []

  /** Goes on from control to control until this one has the focus. */
  async function tabTo(page: Page, selector: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await page.waitForSelector(selector)
    for (let step = 0; step < MOST_STEPS; step++) {
      const { reached, shows, html } = await page.evaluate((selector) => {
        const focused = document.activeElement!
        const isOutlined = (element: Element) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(element)
          return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0
        }
        // A choice may show it on the whole of its label.
        const shows =
          [focused, focused.closest('label')].some((element) => element && isOutlined(element)) ||
          focused === document.body
        return { reached: focused.matches(selector), shows, html: focused.outerHTML.slice(0, 120) }
      }, selector)
      if (step > 0 && !shows) unseen.push(html)
      if (reached) return
      await page.keyboard.press(key)
    }
    throw new Error(`${selector} is not reached with ${MOST_STEPS} steps`)
  }

  /** So many steps until the focus has gone all the way round the page; throws where it never comes round. */
  async function round(page: Page, key: 'Tab' | 'Shift+Tab'): Promise<number> {
    const mark = () =>
      page.evaluate(() => {
        const focused = document.activeElement as HTMLElement
        const seen = focused.dataset.round !== undefined
        focused.dataset.round = ''
        return seen && focused !== document.body
      })
    try {
      for (let steps = 0; steps < MOST_STEPS * 2; steps++) {
        await page.keyboard.press(key)
        if (await mark()) {
          const first = await page.evaluate(() => document.querySelectorAll('[data-round]').length)
          return first
        }
      }
      throw new Error('the focus never comes round')
    } finally {
      await page.evaluate(() => {
        for (const each of document.querySelectorAll<HTMLElement>('[data-round]')) delete each.dataset.round
      })
    }
  }

  return { unseen, tabTo, round }
}

/** A class on a server of its own: a teacher who is live in a real browser, with the clock as camera, and students. */
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, openPage, type PageOptions } from '../test/support/browser.ts'
import { goLive, signIn } from '../test/support/class.ts'
import type { Own } from './benchmark.ts'
import { Child } from './child.ts'
import type { Product } from './servers/product.ts'

/** What a modest camera gives: three layers of more cost a small machine its processor before they cost it time. */
const CAMERA = { width: 640, height: 360 }

export type BrowserClass = {
  product: Child<Product>
  browser: Browser
  url: string
  lessonId: string
  /** A page of a new person's own, signed in, on the home page. */
  admit(username: string): Promise<Page>
}

/** `settings` are added to those of the server. */
export async function openBrowserClass(own: Own, settings: Record<string, string> = {}): Promise<BrowserClass> {
  const given = { TRUST_PROXY: 'true', ...settings }
  const product = own(await Child.start<Product>('servers/product.ts', given), (each) => each.close())
  const browser = own(await launchBrowser(), (each) => each.close())
  const { page: url } = await product.call('addresses')
  let people = 0
  const enter = async (username: string, role: 'student' | 'teacher', options: PageOptions) => {
    const account = await product.call('makeAccount', username, role)
    const { page } = await openPage(browser, options)
    people += 1
    // Rate limits count by address: without this all of them would be one visitor.
    await page.setExtraHTTPHeaders({ 'x-forwarded-for': `10.0.0.${people}` })
    await signIn(page, url, account)
    return { id: account.id, page }
  }
  const teacher = await enter('teacher', 'teacher', { clockCamera: true, camera: CAMERA })
  const lessonId = await product.call('makeLesson', teacher.id, 'A class to be measured')
  await goLive(teacher, url, lessonId)
  const admit = async (username: string) => {
    const { page } = await enter(username, 'student', {})
    await page.goto(url)
    return page
  }
  return { product, browser, url, lessonId, admit }
}

/** What every page that measures needs to know of the class. */
export const cardOf = ({ lessonId }: BrowserClass) => `[data-testid=lesson-${lessonId}]`

/** A demo of one's own with a Chromium beside it, for those who take pictures. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../test/support/browser.ts'
import { freePort } from '../test/support/processes.ts'

export const wide = { width: 1440, height: 900 }
export const phone = { width: 390, height: 844 }

const root = resolve(import.meta.dirname, '..')

/** As long as the robots need to be in the class, and to have said something. */
const ROBOTS_MS = 15_000
const LESSON_TRIES = 300

/** `payUrl`: the payer's phone; `sandboxFolder`: where the payment sandbox says how it is controlled. */
export type Demo = { url: string; payUrl: string; sandboxFolder: string; browser: Browser }

/** Everything that was started has ended when this is over. `robotsMs`: how long the robots are given before it begins. */
export async function withDemo(use: (demo: Demo) => Promise<void>, robotsMs = ROBOTS_MS): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jiangtang-pictures-'))
  const port = await freePort()
  const env = {
    ...process.env,
    DEMO: 'true',
    HOST: '127.0.0.1',
    PORT: String(port),
    RTC_PORT: String(await freePort()),
    WORKERS: '1',
    DATA_DIR: dataDir,
  }
  const server = spawn(process.execPath, [join(root, 'src/main.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    let said = ''
    for await (const words of server.stdout) {
      said += words
      if (said.includes('Ctrl-C')) break
    }
    const payUrl = /http\S+(?=\s+付款人的手机)/.exec(said)![0]
    await pause(robotsMs)
    const browser = await launchBrowser()
    const sandboxFolder = join(dataDir, 'sandbox')
    await use({ url: `http://localhost:${port}`, payUrl, sandboxFolder, browser }).finally(() => browser.close())
  } finally {
    server.kill('SIGINT')
    if (server.exitCode === null) await once(server, 'exit')
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** The page of one person of the demo, signed in; of nobody where it is a visitor. */
export async function openAs(browser: Browser, url: string, account: string, viewport: typeof wide): Promise<Page> {
  const small = viewport === phone
  const context = await browser.newContext({ viewport, hasTouch: small, permissions: ['camera', 'microphone'] })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  await page.goto(url)
  if (account !== 'visitor') await signIn(page, url, account)
  return page
}

export type Dress = readonly [theme: 'light' | 'dark', language: 'zh-CN' | 'en']

/** How the next page that is opened looks, and the words it speaks. */
export async function dress(page: Page, [theme, language]: Dress): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
  await page.evaluate((language) => localStorage.setItem('language', language), language)
}

export async function signIn(page: Page, url: string, account: string): Promise<void> {
  await page.goto(`${url}/sign-in?way=password`)
  await page.fill('input[name=username]', account)
  await page.fill('input[name=password]', `${account}-demo`)
  await page.click('[data-testid=sign-in-submit]')
  await page.waitForSelector('[data-testid=user-menu]')
}

/** The address of a lesson of this list whose title or teacher has these words, as soon as there is one. */
export async function lessonUrl(page: Page, url: string, filter: 'live' | 'upcoming' | 'ended', words = '') {
  type Listed = { id: string; title: string; teacher: { displayName: string } }
  for (let tries = 0; tries < LESSON_TRIES; tries++) {
    const { lessons } = await (await page.request.get(`${url}/api/lessons?filter=${filter}`)).json()
    const found = lessons.find(({ title, teacher }: Listed) => `${title} ${teacher.displayName}`.includes(words))
    if (found) return `${url}/lessons/${found.id}`
    await pause(100)
  }
  throw new Error(`no lesson in ${filter} has the words ${words}`)
}

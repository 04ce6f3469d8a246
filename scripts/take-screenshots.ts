/** Takes the pictures of the README from a demo that it starts for itself: docs/images/NAME.png. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const root = resolve(import.meta.dirname, '..')
const images = join(root, 'docs/images')

const wide = { width: 1440, height: 900 }
const phone = { width: 390, height: 844 }

type Shot = {
  name: string
  account?: 'teacher' | 'student'
  viewport: { width: number; height: number }
  locale: 'zh-CN' | 'en-US'
  dark?: boolean
  /** Brings the page to what is to be seen. */
  go(page: Page, url: string): Promise<void>
}

const shots: Shot[] = [
  { name: 'home-wide-light-zh', viewport: wide, locale: 'zh-CN', go: home },
  { name: 'home-phone-dark-en', viewport: phone, locale: 'en-US', dark: true, go: home },
  { name: 'room-wide-light-en', account: 'student', viewport: wide, locale: 'en-US', go: liveRoom },
  { name: 'room-wide-light-zh', account: 'student', viewport: wide, locale: 'zh-CN', go: liveRoom },
  { name: 'room-wide-dark-zh', account: 'student', viewport: wide, locale: 'zh-CN', dark: true, go: liveRoom },
  { name: 'room-phone-light-zh', account: 'student', viewport: phone, locale: 'zh-CN', go: liveRoom },
  { name: 'room-phone-dark-en', account: 'student', viewport: phone, locale: 'en-US', dark: true, go: liveRoom },
  { name: 'check-wide-light-zh', account: 'teacher', viewport: wide, locale: 'zh-CN', go: ownLesson },
  { name: 'console-wide-light-en', account: 'teacher', viewport: wide, locale: 'en-US', go: teach },
]

async function home(page: Page, url: string) {
  await page.goto(url)
  await page.waitForSelector('[data-testid^=frame-]')
}

async function lessonOf(page: Page, url: string, filter: string, teacher?: string): Promise<string> {
  const { lessons } = await (await page.request.get(`${url}/api/lessons?filter=${filter}`)).json()
  const lesson = lessons.find(
    (each: { teacher: { displayName: string } }) => !teacher || each.teacher.displayName.includes(teacher),
  )
  return `${url}/lessons/${lesson.id}`
}

async function liveRoom(page: Page, url: string) {
  await page.goto(await lessonOf(page, url, 'live', 'Lin'))
  await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0)
  await pause(4000)
}

async function ownLesson(page: Page, url: string) {
  await page.goto(await lessonOf(page, url, 'upcoming', 'Chen'))
  const openDevices = page.locator('[data-testid=open-devices]')
  await openDevices.or(page.locator('[data-testid=start-class]')).first().waitFor()
  if (await openDevices.isVisible()) await openDevices.click()
  await pause(3000)
}

async function teach(page: Page, url: string) {
  await ownLesson(page, url)
  await page.click('[data-testid=start-class]')
  await page.waitForSelector('[data-testid=live-timer]')
  await pause(6000)
}

async function take(browser: Browser, url: string, { name, account, viewport, locale, dark, go }: Shot) {
  const options: BrowserContextOptions = {
    viewport,
    locale,
    colorScheme: dark ? 'dark' : 'light',
    deviceScaleFactor: viewport === phone ? 2 : 1,
    permissions: ['camera', 'microphone'],
  }
  const context = await browser.newContext(options)
  const page = await context.newPage()
  if (account) {
    await page.goto(`${url}/sign-in?way=password`)
    await page.fill('input[name=username]', account)
    await page.fill('input[name=password]', `${account}-demo`)
    await page.click('[data-testid=sign-in-submit]')
    await page.waitForSelector('[data-testid=user-menu]')
  }
  await go(page, url)
  await page.screenshot({ path: join(images, `${name}.png`) })
  await context.close()
  console.log(`docs/images/${name}.png`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function startDemo(dataDir: string): Promise<{ url: string; server: ChildProcess }> {
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
  for await (const words of server.stdout) if (String(words).includes('operator-demo')) break
  await pause(15_000)
  return { url: `http://localhost:${port}`, server }
}

const flags = [
  '--headless=new',
  '--no-sandbox',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

mkdirSync(images, { recursive: true })
const dataDir = mkdtempSync(join(tmpdir(), 'jiangtang-screenshots-'))
const { url, server } = await startDemo(dataDir)
try {
  const wanted = process.argv.slice(2)
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags })
  for (const shot of shots) if (wanted.length === 0 || wanted.includes(shot.name)) await take(browser, url, shot)
  await browser.close()
} finally {
  server.kill('SIGINT')
  await once(server, 'exit')
  rmSync(dataDir, { recursive: true, force: true })
}

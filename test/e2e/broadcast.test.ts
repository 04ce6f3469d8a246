import { eq } from 'drizzle-orm'
import type { Browser, Page } from 'playwright-core'
import { entitlements } from '../../db/schema.ts'
import { inOwnNetwork, narrow, openPort, shutPort, widen } from '../support/own-network.ts'

/** In the page: keeps its connections where a test finds them. */
function keepConnections() {
  const kept: RTCPeerConnection[] = []
  const Real = RTCPeerConnection
  Object.assign(window, {
    kept,
    RTCPeerConnection: class extends Real {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        kept.push(this)
      }
    },
  })
}

/** The port that a page sends its picture from. */
const sendingPort = (page: Page) =>
  page.evaluate(async () => {
    for (const connection of (window as unknown as { kept: RTCPeerConnection[] }).kept) {
      const entries = [...(await connection.getStats()).values()]
      const pair = entries.find(
        ({ type, state, bytesSent }) => type === 'candidate-pair' && state === 'succeeded' && bytesSent > 10_000,
      )
      if (pair) return entries.find(({ id }) => id === pair.localCandidateId).port as number
    }
    throw new Error('nothing is sent')
  })

const FROZEN_MS = 60_000

/** A picture that stands still, or an element that is gone, says nothing. */
const nothingSeen = () => new Promise<number[]>((resolve) => setTimeout(resolve, 2000, [Number.POSITIVE_INFINITY]))

/** In the page: how its picture stands, for who has to find out why it does not move. */
function wordsOn(selector: string): string {
  const video = document.querySelector<HTMLVideoElement>(selector)
  const tier = document.querySelector<HTMLElement>('[data-testid=latency-badge]')?.dataset.tier
  const { paused, readyState, currentTime, error } = video ?? {}
  return JSON.stringify({ there: video !== null, tier, paused, readyState, currentTime, error: error?.message })
}

/** Stops the processes of all pages of this browser, and has them go on. */
async function stoppable(browser: Browser): Promise<(still: boolean) => void> {
  const devtools = await browser.newBrowserCDPSession()
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
  const pages = processInfo.filter(({ type }) => type === 'renderer')
  return (still) => {
    for (const { id } of pages) process.kill(id, still ? 'SIGSTOP' : 'SIGCONT')
  }
}

if (await inOwnNetwork(import.meta.filename)) {
  const { default: t } = await import('tap')
  const { launchBrowser, median, readLatencies } = await import('../support/browser.ts')
  const { attend, goLive, MAIN_VIDEO, picture, serveBrowsers, watch } = await import('../support/class.ts')
  const { freePort } = await import('../support/server.ts')
  const { createShelf } = await import('../support/shelf.ts')
  const { crowding } = await import('../support/crowding.ts')
  const { checkWatermark } = await import('../support/watermark.ts')

  await t.test('a class that is watched over WebRTC and as a broadcast', async (t) => {
    const [port, rtcPort] = [await freePort(), await freePort()]
    // Pages come from localhost, what they play from another origin.
    const mediaUrl = `http://127.0.0.1:${port}`
    const ports = { PORT: String(port), RTC_PORT: String(rtcPort), MEDIA_URL: mediaUrl }
    const { server, browser, url } = await serveBrowsers(t, { BROADCAST: 'true', ROOM_SEATS: '2', ...ports })
    const teacher = await attend(server, browser, 'teacher', 'teacher', { clockCamera: true })
    const student = await attend(server, browser, 'student', 'student')
    const { page } = student
    // In a browser of its own, whose pages stand still like those of a laptop that sleeps.
    const sleeper = await launchBrowser()
    t.teardown(() => sleeper.close())
    const late = await attend(server, sleeper, 'late', 'student', { phone: true, locale: 'en-US' })
    const standStill = await stoppable(sleeper)
    t.teardown(() => standStill(false))
    await teacher.page.addInitScript(keepConnections)
    const shelf = createShelf(server.db, Date.now)
    const course = await shelf.course(teacher.id)
    await shelf.entitle(student.id, course.id)
    const right = await shelf.entitle(late.id, course.id)
    const lesson = await shelf.lesson(course, { title: 'Lamps', startsAt: Date.now() + 60_000, watermark: true })
    const shot = async (name: string, of = page) => {
      const { SHOTS } = process.env
      if (SHOTS) await of.screenshot({ path: `${SHOTS}/${name}.png` })
    }
    const tier = (of: Page, which: 'interactive' | 'broadcast', timeout = 20_000) =>
      of.waitForSelector(`[data-testid=latency-badge][data-tier=${which}]`, { timeout })
    const isSame = () => page.getAttribute(MAIN_VIDEO, 'data-mine')
    const within = (ms: number) => ms * crowding()
    let open = () => {}

    await goLive(teacher, url, lesson.id)
    await watch(student, url, lesson.id)
    await tier(page, 'interactive')
    await page.evaluate((selector) => {
      document.querySelector<HTMLVideoElement>(selector)!.dataset.mine = 'yes'
    }, MAIN_VIDEO)
    await shot('seat')

    const played: { url: string; status: number }[] = []
    late.page.on('response', (answer) => {
      if (answer.url().includes('/api/live/')) played.push({ url: answer.url(), status: answer.status() })
    })
    let frozenAt = 0

    await t.test(
      'who comes when the seats are taken watches the broadcast, from where the operator says',
      async (t) => {
        await watch(late, url, lesson.id)
        await tier(late.page, 'broadcast')
        await shot('full-phone', late.page)
        t.ok(played.length > 0 && played.every(({ url }) => url.startsWith(`${mediaUrl}/api/live/`)))
        standStill(true)
        frozenAt = Date.now()
      },
    )

    await t.test(
      'a network that carries no picture over WebRTC any more shows the class within five seconds',
      async (t) => {
        const sender = await sendingPort(teacher.page)
        const narrowAt = Date.now()
        narrow(rtcPort, sender, 80)
        await tier(page, 'broadcast')
        await picture(page, MAIN_VIDEO)
        const took = Date.now() - narrowAt
        t.comment(`the picture is back after ${took} ms`)
        t.ok(took < within(5000), `${took} ms`)
        t.ok(await page.evaluate((selector) => !document.querySelector<HTMLVideoElement>(selector)!.muted, MAIN_VIDEO))
        t.equal(await isSame(), 'yes')
      },
    )

    await t.test('and is on a seat again when it is wide again', async (t) => {
      widen()
      await tier(page, 'interactive', 60_000)
      await picture(page, MAIN_VIDEO)
      t.equal(await isSame(), 'yes')
    })

    await t.test(
      'a network that shuts out WebRTC shows the class within five seconds, in the same element',
      async (t) => {
        const port = await sendingPort(teacher.page)
        const shutAt = Date.now()
        shutPort(rtcPort, port)
        open = () => openPort(rtcPort, port)
        await tier(page, 'broadcast')
        await picture(page, MAIN_VIDEO)
        const took = Date.now() - shutAt
        t.comment(`the picture is back after ${took} ms`)
        t.ok(took < within(5000), `${took} ms`)
        t.equal(await isSame(), 'yes')
        t.ok(await page.evaluate((selector) => !document.querySelector<HTMLVideoElement>(selector)!.muted, MAIN_VIDEO))
        const latency = median(await readLatencies(page, MAIN_VIDEO, 20))
        t.comment(`the broadcast is ${Math.round(latency)} ms behind`)
        t.ok(latency < 4000, `${Math.round(latency)} ms`)
        await page.hover(MAIN_VIDEO)
        await shot('broadcast')
      },
    )

    await t.test('who goes back stays there, and goes to live again', async (t) => {
      await page.hover(MAIN_VIDEO)
      await page.click('[data-testid=live-back]')
      const button = page.locator('[data-testid=back-to-live]')
      await button.waitFor()
      await picture(page, MAIN_VIDEO)
      const behind = median(await readLatencies(page, MAIN_VIDEO, 10))
      t.comment(`${Math.round(behind)} ms behind`)
      t.ok(behind > 8000)
      await page.waitForTimeout(2000)
      t.ok(Math.abs(median(await readLatencies(page, MAIN_VIDEO, 10)) - behind) < 2000, 'and nothing moves them')
      await page.hover(MAIN_VIDEO)
      await shot('rewound')
      await button.click()
      await page.waitForSelector('[data-testid=at-live]')
      await picture(page, MAIN_VIDEO)
      t.ok(median(await readLatencies(page, MAIN_VIDEO, 10)) < 5000)
    })

    await t.test('a network that lets WebRTC through again gives the seat back, in the same element', async (t) => {
      open()
      await page.evaluate(() => dispatchEvent(new Event('online')))
      await tier(page, 'interactive', 60_000)
      await picture(page, MAIN_VIDEO)
      t.equal(await isSame(), 'yes')
      const latency = median(await readLatencies(page, MAIN_VIDEO, 20))
      t.ok(latency < 1000, `${Math.round(latency)} ms`)
      await shot('seat-again')
    })

    await t.test('a page that was frozen for a minute is at the live edge within five seconds', async (t) => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, frozenAt + FROZEN_MS - Date.now())))
      standStill(false)
      const activeAt = Date.now()
      let latency = Number.POSITIVE_INFINITY
      while (latency > 5000 && Date.now() - activeAt < 8000)
        latency = median(await Promise.race([readLatencies(late.page, MAIN_VIDEO, 5), nothingSeen()]))
      const took = Date.now() - activeAt
      t.comment(`${Math.round(latency)} ms behind after ${took} ms`)
      t.ok(latency < 5000, await late.page.evaluate(wordsOn, MAIN_VIDEO))
      t.ok(took < within(5000), `${took} ms`)
      await shot('back-phone', late.page)
    })

    await t.test('the next request of whoever got the money back is refused, and the page says why', async (t) => {
      // As if nobody had told: only who asks finds out.
      const revoked = { revokedAt: Date.now(), revokeReason: 'refunded' as const }
      await server.db.update(entitlements).set(revoked).where(eq(entitlements.id, right))
      const refused = () => played.some(({ status }) => status === 403)
      for (let tries = 0; tries < 100 && !refused(); tries++) await late.page.waitForTimeout(50)
      t.comment(`refused after ${Date.now() - revoked.revokedAt} ms`)
      t.ok(
        refused(),
        played
          .slice(-5)
          .map(({ status }) => status)
          .join(),
      )
      await late.page.waitForSelector('[data-testid=film-locked], [data-testid=stage-locked]')
      await late.page.waitForSelector('[data-testid=stage-locked][data-reason=not_entitled]')
      const { url: last } = played.at(-1)!
      t.match(await (await fetch(last)).json(), { error: { code: 'not_entitled' } })
      await shot('refunded-phone', late.page)
      t.strictSame(late.trouble, [])
    })

    await t.test('the viewer’s mark comes back when a script takes it away, and the server is told', async (t) => {
      await checkWatermark(t, page, student.id, MAIN_VIDEO)
      const operator = await attend(server, browser, 'operator', 'operator')
      await operator.page.goto(`${url}/operator/audit`)
      await operator.page.getByText('去掉了画面上的水印').waitFor()
    })

    t.strictSame([...student.trouble, ...teacher.trouble], [])
  })
}

import type { Page } from 'playwright-core'
import { inOwnNetwork, openPort, shutPort } from '../support/own-network.ts'

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

if (await inOwnNetwork(import.meta.filename)) {
  const { default: t } = await import('tap')
  const { launchBrowser, median, readLatencies } = await import('../support/browser.ts')
  const { attend, goLive, MAIN_VIDEO, picture, watch } = await import('../support/class.ts')
  const { freePort, openServer } = await import('../support/server.ts')

  await t.test('a class that is watched over WebRTC and as a broadcast', async (t) => {
    const rtcPort = await freePort()
    const server = await openServer({ BROADCAST: 'true', RTC_PORT: String(rtcPort), ROOM_SEATS: '2' })
    const browser = await launchBrowser()
    t.teardown(async () => {
      await browser.close()
      await server.close()
    })
    const { url } = server
    const teacher = await attend(server, browser, 'teacher', 'teacher', { clockCamera: true })
    const student = await attend(server, browser, 'student', 'student')
    const { page } = student
    await teacher.page.addInitScript(keepConnections)
    const announced = { title: 'Lamps', startsAt: Date.now() + 60_000, watermark: true }
    const lesson = await server.lessons.create(teacher, announced)
    const shot = async (name: string, of = page) => {
      const { SHOTS } = process.env
      if (SHOTS) await of.screenshot({ path: `${SHOTS}/${name}.png` })
    }
    const tier = (of: Page, which: 'interactive' | 'broadcast', timeout = 20_000) =>
      of.waitForSelector(`[data-testid=latency-badge][data-tier=${which}]`, { timeout })
    const isSame = () => page.getAttribute(MAIN_VIDEO, 'data-mine')
    let open = () => {}

    await goLive(teacher, url, lesson.id)
    await watch(student, url, lesson.id)
    await tier(page, 'interactive')
    await page.evaluate((selector) => {
      document.querySelector<HTMLVideoElement>(selector)!.dataset.mine = 'yes'
    }, MAIN_VIDEO)
    await shot('seat')

    await t.test('who comes when the seats are taken watches the broadcast', async (t) => {
      const late = await attend(server, browser, 'late', 'student', { phone: true, locale: 'en-US' })
      await watch(late, url, lesson.id)
      await tier(late.page, 'broadcast')
      await shot('full-phone', late.page)
      t.strictSame(late.trouble, [])
      await late.context.close()
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
        t.ok(took < 5000, `${took} ms`)
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
      await page.waitForTimeout(3000)
      t.ok(Math.abs(median(await readLatencies(page, MAIN_VIDEO, 10)) - behind) < 3000, 'and nothing moves them')
      await page.hover(MAIN_VIDEO)
      await shot('rewound')
      await button.click()
      await page.waitForSelector('[data-testid=at-live]')
      await picture(page, MAIN_VIDEO)
      t.ok(median(await readLatencies(page, MAIN_VIDEO, 10)) < 5000)
    })

    await t.test('a page that was frozen for a minute is at the live edge within five seconds', async (t) => {
      const devtools = await page.context().newCDPSession(page)
      await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
      await new Promise((resolve) => setTimeout(resolve, 60_000))
      await devtools.send('Page.setWebLifecycleState', { state: 'active' })
      await page.waitForTimeout(5000)
      const latency = median(await readLatencies(page, MAIN_VIDEO, 10))
      t.comment(`${Math.round(latency)} ms behind`)
      t.ok(latency < 5000)
    })

    await t.test('a network that lets WebRTC through again gives the seat back, in the same element', async (t) => {
      open()
      await tier(page, 'interactive', 60_000)
      await picture(page, MAIN_VIDEO)
      t.equal(await isSame(), 'yes')
      const latency = median(await readLatencies(page, MAIN_VIDEO, 20))
      t.ok(latency < 1000, `${Math.round(latency)} ms`)
      await shot('seat-again')
    })

    await t.test('the viewer’s mark comes back when a script takes it away, and the server is told', async (t) => {
      const mark = `ID ${student.id.slice(0, 8)}`
      const marks = () => page.getByText(mark, { exact: true }).count()
      t.equal(await marks(), 1)
      await page.getByText(mark, { exact: true }).evaluate((element) => element.remove())
      await page.getByText(mark, { exact: true }).waitFor()
      t.equal(await marks(), 1)
      const operator = await attend(server, browser, 'operator', 'operator')
      await operator.page.goto(`${url}/operator/audit`)
      await operator.page.getByText('去掉了画面上的水印').waitFor()
      await operator.context.close()
      await page.getByText(mark, { exact: true }).evaluate((element) => {
        element.parentElement!.append = () => {}
        element.remove()
      })
      await page.waitForSelector('[data-testid=watermark-covered]')
      t.ok(await page.evaluate((selector) => document.querySelector<HTMLVideoElement>(selector)!.paused, MAIN_VIDEO))
    })

    t.strictSame([...student.trouble, ...teacher.trouble], [])
  })
}

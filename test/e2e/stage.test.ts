import type { Page } from 'playwright-core'
import t from 'tap'
import { launchBrowser, openPage, readLoudness } from '../support/browser.ts'
import { announce, attend, goLive, MAIN_VIDEO, picture, watch } from '../support/class.ts'
import { openServer } from '../support/server.ts'

t.test('a picture with its sound, in real browsers', async (t) => {
  const server = await openServer()
  const browser = await launchBrowser()
  const strict = await launchBrowser({ autoplay: false })
  t.teardown(async () => {
    await Promise.all([browser.close(), strict.close()])
    await server.close()
  })
  const { url } = server
  const teacher = await attend(server, browser, 'teacher', 'teacher', { clockCamera: true })
  const student = await attend(server, browser, 'student', 'student')
  const { page } = student
  const lesson = await announce(server, teacher)
  await goLive(teacher, url, lesson.id)
  await watch(student, url, lesson.id)
  const voice = `audio[data-testid="audio-${teacher.id}"]`

  /** What the voice of the teacher is set to. */
  const sound = () =>
    page
      .waitForSelector(voice, { state: 'attached' })
      .then((element) =>
        element.evaluate((audio: HTMLAudioElement) => ({ volume: audio.volume, muted: audio.muted, at: audio.sinkId })),
      )
  const press = async (name: string) => {
    await page.hover(MAIN_VIDEO)
    await page.click(`[data-testid=${name}]`)
  }
  const comeAgain = async () => {
    await page.reload()
    await picture(page, MAIN_VIDEO)
  }

  await t.test('the first page shows a visitor what the class shows now', async (t) => {
    const { page: visitor, context } = await openPage(browser)
    await visitor.goto(url)
    const frame = visitor.locator(`[data-testid=frame-${lesson.id}]`)
    // The list is looked at again every 15 seconds: a reload is quicker.
    const shown = () =>
      frame.waitFor({ timeout: 1000 }).then(
        () => true,
        () => false,
      )
    for (let tries = 0; tries < 20 && !(await shown()); tries++) await visitor.reload()
    t.strictSame(
      await frame.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]),
      [320, 180],
    )
    await teacher.page.uncheck('[data-testid=show-frame]')
    for (let gone = false; !gone; await visitor.waitForTimeout(100))
      gone = (await (await visitor.request.get(`${url}/api/lessons?filter=live`)).json()).lessons[0].frameAt === null
    await visitor.reload()
    await visitor.locator(`[data-testid=lesson-${lesson.id}] svg`).first().waitFor()
    t.notOk(await frame.isVisible(), 'unless the teacher minds')
    await context.close()
  })

  await t.test('the stage fills the screen, with its controls, and gives it back', async (t) => {
    const filled = (page: Page) =>
      page.evaluate((selector) => document.fullscreenElement?.querySelector(selector) != null, MAIN_VIDEO)
    await press('full-screen')
    await page.waitForFunction(() => document.fullscreenElement !== null)
    t.ok(await filled(page))
    await picture(page, MAIN_VIDEO)
    await press('full-screen')
    await page.waitForFunction(() => document.fullscreenElement === null)
  })

  await t.test('the picture goes on in a window of its own, and comes back', async () => {
    const floating = (wanted: boolean) =>
      page.waitForFunction(
        ([selector, wanted]) =>
          (document.pictureInPictureElement === document.querySelector(selector as string)) === wanted,
        [MAIN_VIDEO, wanted] as const,
      )
    await press('picture-in-picture')
    await floating(true)
    await picture(page, MAIN_VIDEO)
    await press('picture-in-picture')
    await floating(false)
  })

  await t.test('volume and mute are heard at once, and remembered', async (t) => {
    t.match(await sound(), { volume: 0.8, muted: false })
    await page.hover(MAIN_VIDEO)
    await page.focus('[data-testid=volume]')
    await page.keyboard.press('Home')
    t.match(await sound(), { volume: 0, muted: true })
    for (let steps = 0; steps < 3; steps++) await page.keyboard.press('PageUp')
    t.match(await sound(), { volume: 0.3, muted: false })
    await press('mute')
    await comeAgain()
    t.match(await sound(), { volume: 0.3, muted: true })
    await press('mute')
    t.match(await sound(), { volume: 0.3, muted: false })
  })

  await t.test('another speaker is chosen from a menu, and remembered', async (t) => {
    await press('speaker')
    await page.getByRole('menuitemradio').nth(1).click()
    const { at } = await sound()
    t.ok(at, 'it is not the system’s own')
    await comeAgain()
    await page.waitForFunction(([voice, at]) => document.querySelector<HTMLAudioElement>(voice!)?.sinkId === at, [
      voice,
      at,
    ] as const)
    t.strictSame(student.trouble, [])
  })

  await t.test('where the browser refuses to play unasked, one tap brings the sound', async (t) => {
    const { context } = await attend(server, strict, 'listener', 'student')
    // A page that nobody has touched. To ask it anything counts as a touch, so it says by itself when it wants the tap.
    const untouched = await context.newPage()
    const wanted = Promise.withResolvers<void>()
    await untouched.exposeFunction('tapWanted', wanted.resolve)
    await untouched.addInitScript(() => {
      const look = () => document.querySelector('[data-testid=tap-to-unmute]') && (window as never as Told).tapWanted()
      new MutationObserver(look).observe(document, { subtree: true, childList: true })
    })
    await untouched.goto(`${url}/lessons/${lesson.id}`)
    await wanted.promise
    const silent = () => untouched.evaluate((voice) => document.querySelector<HTMLAudioElement>(voice)!.paused, voice)
    t.ok(await silent(), 'not before the tap')
    await picture(untouched, MAIN_VIDEO)
    await untouched.click('[data-testid=tap-to-unmute]')
    await untouched.waitForSelector('[data-testid=tap-to-unmute]', { state: 'detached' })
    await untouched.waitForFunction((voice) => !document.querySelector<HTMLAudioElement>(voice)!.paused, voice)
    t.ok((await readLoudness(untouched, voice)) > 0.01)
  })
})

type Told = { tapWanted(): void }

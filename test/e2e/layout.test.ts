import type { Page } from 'playwright-core'
import t from 'tap'
import { announce, attend, goLive, MAIN_VIDEO, picture, serveBrowsers, watch } from '../support/class.ts'
import { settled } from '../support/ink.ts'

/** How wide these stand, as shares of the stage. */
const widths = (page: Page) =>
  page.evaluate(() => {
    const widthOf = (selector: string) => document.querySelector(selector)?.getBoundingClientRect().width ?? 0
    const stage = document.querySelector('[data-testid=board]')!.closest('section')!.getBoundingClientRect().width
    return { board: widthOf('[data-testid=board]') / stage, video: widthOf('video[data-testid=main-video]') / stage }
  })

t.test('how a stage is laid out, in real browsers', async (t) => {
  const { server, browser, url } = await serveBrowsers(t)
  const teacher = await attend(server, browser, 'teacher', 'teacher', { clockCamera: true })
  const rain = await attend(server, browser, 'rain', 'student')
  const snow = await attend(server, browser, 'snow', 'student', { phone: true })
  const lesson = await announce(server, teacher)
  await goLive(teacher, url, lesson.id)
  for (const each of [rain, snow]) await watch(each, url, lesson.id)
  await teacher.page.click('[data-testid=board-button]')
  await teacher.page.click('[data-testid=choose-blank]')
  for (const { page } of [rain, snow]) await page.waitForSelector('[data-testid=board]')
  const shot = async (name: string) => {
    const { SHOTS } = process.env
    if (!SHOTS) return
    for (const { page, username } of [teacher, rain, snow])
      await page.screenshot({ path: `${SHOTS}/layout-${name}-${username}.png` })
  }
  const choose = async (name: string) => {
    await teacher.page.click('[data-testid=layout]')
    await teacher.page.getByRole('menuitemradio', { name }).click()
  }
  const looks = (page: Page, fits: (shares: { board: number; video: number }) => boolean, what: string) =>
    settled(async () => fits(await widths(page)), what)

  await t.test(
    'the page is large at first, and the teacher’s picture covers none of it where there is room',
    async (t) => {
      for (const { page } of [rain, snow])
        await looks(page, ({ board, video }) => board > 0.6 && video < 0.5, 'page large')
      const covers = await rain.page.evaluate(() => {
        const box = (selector: string) => document.querySelector(selector)!.getBoundingClientRect()
        const [page, video] = [box('[data-testid=ink]'), box('video[data-testid=main-video]')]
        return video.left < page.right && video.right > page.left && video.top < page.bottom && video.bottom > page.top
      })
      t.notOk(covers)
      await shot('slides')
    },
  )

  await t.test('the teacher’s choice is everybody’s', async () => {
    await choose('讲者为主')
    for (const { page } of [rain, snow])
      await looks(page, ({ board, video }) => board < 0.5 && video > 0.6, 'speaker large')
    await shot('speaker')
    await choose('并排')
    for (const { page } of [rain, snow])
      await looks(page, ({ board, video }) => Math.abs(board - video) < 0.1 && board > 0.3, 'side by side')
    await shot('grid')
  })

  await t.test('a student’s own choice counts here alone, until they follow again', async () => {
    await rain.page.hover(MAIN_VIDEO)
    await rain.page.click('[data-testid=layout]')
    await rain.page.getByRole('menuitemradio', { name: '讲者为主' }).click()
    await looks(rain.page, ({ board, video }) => board < 0.5 && video > 0.6, 'speaker large here')
    await looks(snow.page, ({ board, video }) => Math.abs(board - video) < 0.1, 'side by side there')
    await choose('课件为主')
    await looks(snow.page, ({ board, video }) => board > 0.6 && video < 0.5, 'page large there')
    await looks(rain.page, ({ board, video }) => board < 0.5 && video > 0.6, 'still the speaker here')
    await picture(rain.page, MAIN_VIDEO)
    await rain.page.click('[data-testid=layout]')
    await rain.page.getByRole('menuitemradio', { name: '跟随老师' }).click()
    await looks(rain.page, ({ board, video }) => board > 0.6 && video < 0.5, 'page large again')
  })

  await t.test('on a phone the small picture moves from corner to corner, goes away and comes back', async (t) => {
    const at = async () => (await snow.page.locator(MAIN_VIDEO).boundingBox())!
    const before = await at()
    await snow.page.click('[data-testid=move-inset]')
    await settled(async () => (await at()).x !== before.x, 'it is in another corner')
    await snow.page.click('[data-testid=hide-inset]')
    await snow.page.locator(MAIN_VIDEO).waitFor({ state: 'hidden' })
    await snow.page.click('[data-testid=show-inset]')
    await picture(snow.page, MAIN_VIDEO)
    for (const { trouble } of [teacher, rain, snow]) t.strictSame(trouble, [])
  })
})

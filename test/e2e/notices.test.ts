import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import t from 'tap'
import { courses } from '../../db/schema.ts'
import { announce, attend, goLive, MAIN_VIDEO, picture, serveBrowsers, watch } from '../support/class.ts'
import { createShelf } from '../support/shelf.ts'

const at = (id: string) => `[data-testid=${id}]`
const gone = { state: 'detached' } as const
/** Where pictures of what is tested are kept, to be looked at; nowhere unless it is said where. */
const shots = process.env.SCREENSHOTS

const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/notices-${name}.png` })
}

const say = async ({ page }: { page: Page }, text: string) => {
  await page.fill(at('chat-input'), text)
  await page.press(at('chat-input'), 'Enter')
}

/** Runs in the page: whether there are comments over the picture, and they are painted. */
const fliesPainted = (selector: string): boolean => {
  const canvas = document.querySelector<HTMLCanvasElement>(selector)!
  if (canvas.dataset.flying === '0') return false
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
  return data.some((value) => value > 0)
}

t.test('what is put before everybody’s eyes, and over the picture', async (t) => {
  const { server, browser, url } = await serveBrowsers(t)
  const teacher = await attend(server, browser, 'lamp-teacher', 'teacher')
  const student = await attend(server, browser, 'anna', 'student', { locale: 'en' })
  const lesson = await announce(server, teacher)
  const course = await createShelf(server.db, Date.now).course(teacher.id, { title: '夜间摄影：从街灯到星空' })
  await goLive(teacher, url, lesson.id)
  await watch(student, url, lesson.id)
  const { page } = student

  await t.test('an announcement stands until staff take it down; a student may hide it', async () => {
    await teacher.page.click(at('announce'))
    await teacher.page.fill(at('announcement-text'), '九点半休息十分钟，请先把作业一交上来。')
    await teacher.page.click(at('announcement-send'))
    await page.waitForSelector(at('announcement'))
    await page.click(at('announcement-hide'))
    await page.waitForSelector(at('announcement'), gone)
    await page.reload()
    await picture(page, MAIN_VIDEO)
    await page.waitForSelector(at('announcement'))
    await teacher.page.click(at('announcement-hide'))
    await page.waitForSelector(at('announcement'), gone)
  })

  await t.test('a course is shown at the price of the moment, and bought over the picture', async (t) => {
    await teacher.page.click(at('offer-open'))
    await teacher.page.click(`${at(`offer-${course.id}`)} button`)
    const price = () => page.textContent(`${at('offer-card')} ${at('price')}`)
    t.match(await price(), '199.00')
    await shoot(page, 'offer')
    await page.click(at('offer-buy'))
    await page.getByRole('dialog').waitFor()
    await picture(page, MAIN_VIDEO)
    await page.keyboard.press('Escape')
    await server.db.update(courses).set({ priceFen: 9900 }).where(eq(courses.id, course.id))
    await page.reload()
    await picture(page, MAIN_VIDEO)
    t.match(await price(), '99.00', 'for those who come late, too')
    await page.click(at('offer-hide'))
    await page.waitForSelector(at('offer-card'), gone)
    await teacher.page.click(at('offer-hide'))
    await teacher.page.waitForSelector(at('offer-card'), gone)
  })

  await t.test('what is said flies over the picture, and not for those who switch it off', async (t) => {
    const canvas = at('danmaku')
    const flies = page.waitForFunction(fliesPainted, canvas)
    await say(teacher, '注意看影子的方向')
    await flies
    await shoot(page, 'danmaku')
    await page.hover(MAIN_VIDEO)
    await page.click(at('danmaku-menu'))
    await page.click(at('danmaku-area-half'))
    await page.uncheck(at('danmaku-on'))
    await page.waitForSelector(`${canvas}[data-flying="0"]`)
    t.notOk(await page.evaluate(fliesPainted, canvas))
    await page.keyboard.press('Escape')
    await say(teacher, 'not over the picture')
    await page.locator(at('chat-message')).filter({ hasText: 'not over the picture' }).waitFor()
    t.equal(await page.getAttribute(canvas, 'data-flying'), '0')
    t.match(JSON.parse((await page.evaluate(() => localStorage.getItem('danmaku'))) ?? ''), { on: false, area: 'half' })
  })

  t.strictSame([...teacher.trouble, ...student.trouble], [])
})

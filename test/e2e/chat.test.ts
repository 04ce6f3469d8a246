import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import t from 'tap'
import { courses } from '../../db/schema.ts'
import { launchBrowser } from '../support/browser.ts'
import { announce, attend, goLive, MAIN_VIDEO, picture, watch } from '../support/class.ts'
import { openServer } from '../support/server.ts'
import { createShelf } from '../support/shelf.ts'

const at = (id: string) => `[data-testid=${id}]`
/** Where pictures of what is tested are kept, to be looked at; nowhere unless it is said where. */
const shots = process.env.SCREENSHOTS

const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/chat-${name}.png` })
}

/** A picture of some size, as a PNG. */
const paint = async (page: Page) =>
  Buffer.from(
    await page.evaluate(() => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 1200, height: 800 })
      const context = canvas.getContext('2d')!
      const sky = context.createLinearGradient(0, 0, 0, 800)
      sky.addColorStop(0, '#27364a')
      sky.addColorStop(1, '#e9a86a')
      context.fillStyle = sky
      context.fillRect(0, 0, 1200, 800)
      context.fillStyle = '#f6e3c0'
      context.arc(820, 520, 120, 0, 7)
      context.fill()
      return canvas.toDataURL('image/png').split(',')[1] ?? ''
    }),
    'base64',
  )

const isPainted = (canvas: Element) => {
  const { width, height } = canvas as HTMLCanvasElement
  return (canvas as HTMLCanvasElement)
    .getContext('2d')!
    .getImageData(0, 0, width, height)
    .data.some((value) => value)
}

t.test('a chat in real browsers, one of them on a phone', async (t) => {
  const server = await openServer()
  const browser = await launchBrowser()
  t.teardown(async () => {
    await browser.close()
    await server.close()
  })
  const { url } = server
  const teacher = await attend(server, browser, 'lamp-teacher', 'teacher')
  const student = await attend(server, browser, 'anna', 'student', { locale: 'en' })
  const phone = await attend(server, browser, '小红', 'student', { phone: true })
  const lesson = await announce(server, teacher)
  const course = await createShelf(server.db, Date.now).course(teacher.id, { title: '夜间摄影：从街灯到星空' })
  await goLive(teacher, url, lesson.id)
  await watch(student, url, lesson.id)
  await watch(phone, url, lesson.id)

  const say = async ({ page }: { page: Page }, text: string) => {
    await page.fill(at('chat-input'), text)
    await page.press(at('chat-input'), 'Enter')
  }
  const message = (page: Page, text: string) => page.locator(at('chat-message')).filter({ hasText: text })

  await t.test('whoever is called by name is completed by keyboard and finger, and sees it marked', async (t) => {
    await say(student, 'good evening')
    const { page } = teacher
    await message(page, 'good evening').waitFor()
    await page.locator(at('chat-input')).pressSequentially('how was it, @an')
    await page.waitForSelector(`${at('mention-list')} [aria-selected=true]`)
    await shoot(page, 'mention-wide')
    await page.keyboard.press('Enter')
    t.equal(await page.inputValue(at('chat-input')), 'how was it, @anna ')
    await page.keyboard.press('Enter')
    const marked = message(student.page, 'how was it').locator(at('mentioned'))
    t.match(await marked.textContent(), '@anna')
    t.match(await marked.textContent(), 'you', 'it says that this is oneself')
    t.equal(await message(student.page, 'how was it').locator(at('role-badge')).textContent(), 'Teacher')
    await message(phone.page, 'how was it').waitFor()
    t.notMatch(await message(phone.page, 'how was it').locator(at('mentioned')).textContent(), '您')

    await phone.page.tap(at('chat-input'))
    await phone.page.locator(at('chat-input')).pressSequentially('老师好@lamp')
    const row = phone.page.locator(at(`mention-${teacher.id}`))
    await row.waitFor()
    await shoot(phone.page, 'mention-phone')
    await row.tap()
    t.equal(await phone.page.inputValue(at('chat-input')), '老师好@lamp-teacher ')
    await phone.page.tap(at('chat-send'))
    await message(page, '老师好').locator(at('mentioned')).waitFor()
  })

  await t.test('one may read what staff say alone', async () => {
    const { page } = student
    await message(page, '老师好').waitFor()
    await page.click(at('only-staff'))
    await message(page, '老师好').waitFor({ state: 'detached' })
    // What one says oneself stays, too.
    await message(page, 'good evening').waitFor()
    await message(page, 'how was it').waitFor()
    await shoot(page, 'only-staff')
    await page.click(at('only-staff'))
    await message(page, '老师好').waitFor()
  })

  await t.test('what comes while one reads further up waits behind a pill, and begins at a line', async (t) => {
    for (let line = 0; line < 4; line++) await say(teacher, `line ${line}\n\n\n\n\n\n\n`)
    for (let line = 4; line < 16; line++) {
      await message(student.page, `line ${line - 1}`).waitFor()
      await say(teacher, `line ${line}${'\n.'.repeat(6)}`)
    }
    const { page } = student
    await message(page, 'line 15').waitFor()
    await page.hover(at('chat-messages'))
    const pill = page.locator(at('new-messages'))
    while (!(await pill.isVisible())) await page.mouse.wheel(0, -300)
    await say(teacher, 'new one')
    await say(phone, 'new two')
    await pill.filter({ hasText: '2 new messages' }).waitFor()
    await shoot(page, 'unread-pill')
    await pill.click()
    await message(page, 'new two').waitFor()
    t.equal(await page.locator(at('unread-line')).textContent(), '2 new messages')
    await shoot(page, 'unread-line')
  })

  await t.test('a picture is picked or dropped, sent, opened, and gone with its message', async (t) => {
    const { page } = phone
    await page.setInputFiles(at('picture-file'), { name: '光.png', mimeType: 'image/png', buffer: await paint(page) })
    await page.waitForSelector(at('outgoing-picture'))
    await page.fill(at('chat-input'), '看这个影子')
    await shoot(page, 'picture-outgoing-phone')
    await page.locator(`${at('chat-send')}:enabled`).tap()
    const shown = message(student.page, '看这个影子').locator(at('chat-picture'))
    await shown.locator('img').waitFor()
    await student.page.waitForFunction(
      (selector) => document.querySelector<HTMLImageElement>(selector)?.naturalWidth,
      `${at('chat-picture')} img`,
    )
    await shoot(student.page, 'picture-wide')
    await shown.click()
    await student.page.waitForSelector(at('lightbox'))
    await shoot(student.page, 'picture-lightbox')
    await student.page.keyboard.press('Escape')
    await student.page.waitForSelector(at('lightbox'), { state: 'detached' })

    await message(teacher.page, '看这个影子').hover()
    await message(teacher.page, '看这个影子').locator(at('message-menu')).click()
    await teacher.page.click(at('delete-message'))
    await message(student.page, '看这个影子').waitFor({ state: 'detached' })
    t.equal(await student.page.locator(at('chat-picture')).count(), 0)

    const data = await teacher.page.evaluateHandle(
      (bytes) => {
        const transfer = new DataTransfer()
        transfer.items.add(new File([Uint8Array.from(bytes)], 'a.png', { type: 'image/png' }))
        return transfer
      },
      [...(await paint(teacher.page))],
    )
    await teacher.page.dispatchEvent(at('chat-input'), 'drop', { dataTransfer: data })
    await teacher.page.locator(`${at('chat-send')}:enabled`).click()
    await student.page.locator(at('chat-picture')).waitFor()
  })

  await t.test('staff may switch pictures of students off', async () => {
    await teacher.page.click(at('order-open'))
    await teacher.page.selectOption(at('pictures'), 'refuse')
    await student.page.waitForSelector(at('picture-add'), { state: 'detached' })
    await teacher.page.keyboard.press('Escape')
    await teacher.page.waitForSelector(at('picture-add'))
  })

  await t.test('staff announce something, and it stands until they take it down', async (t) => {
    await teacher.page.click(at('announce'))
    await teacher.page.fill(at('announcement-text'), '九点半休息十分钟，请先把作业一交上来。')
    await teacher.page.click(at('announcement-send'))
    for (const { page } of [student, phone]) await page.waitForSelector(at('announcement'))
    await phone.page.tap(at('announcement-hide'))
    await phone.page.waitForSelector(at('announcement'), { state: 'detached' })
    t.ok(await student.page.isVisible(at('announcement')), 'whoever hides it hides it for oneself')
  })

  await t.test('a course is shown at the price of the moment, and bought over the picture', async (t) => {
    await teacher.page.click(at('offer-open'))
    await shoot(teacher.page, 'offer-choose')
    await teacher.page.click(`${at(`offer-${course.id}`)} button`)
    const { page } = student
    await page.waitForSelector(at('offer-card'))
    t.match(await page.textContent(`${at('offer-card')} ${at('price')}`), '199.00')
    await page.waitForSelector(at('announcement'))
    await shoot(page, 'offer-wide')
    await shoot(phone.page, 'offer-phone')
    await page.click(at('offer-buy'))
    await page.getByRole('dialog').waitFor()
    await shoot(page, 'offer-checkout')
    await page.keyboard.press('Escape')
    await picture(page, MAIN_VIDEO)

    await server.db.update(courses).set({ priceFen: 9900 }).where(eq(courses.id, course.id))
    await phone.page.reload()
    await picture(phone.page, MAIN_VIDEO)
    t.match(await phone.page.textContent(`${at('offer-card')} ${at('price')}`), '99.00', 'late joiners, too')
    await phone.page.tap(at('offer-hide'))
    await phone.page.waitForSelector(at('offer-card'), { state: 'detached' })
    await teacher.page.click(at('offer-hide'))
    await page.waitForSelector(at('offer-card'), { state: 'detached' })
  })

  await t.test('what is said flies over the picture, and not for those who switch it off', async (t) => {
    const { page } = student
    const flying = (count: number) => page.waitForSelector(`${at('danmaku')}[data-flying="${count}"]`)
    await flying(0)
    await say(phone, '这束光真好看')
    await say(teacher, '注意看影子的方向')
    await flying(2)
    await page.waitForTimeout(1500)
    await say(student, 'lovely')
    await flying(3)
    await shoot(page, 'danmaku-wide')
    await shoot(phone.page, 'danmaku-phone')
    t.ok(await page.$eval(at('danmaku'), isPainted))
    await page.hover(MAIN_VIDEO)
    await page.click(at('danmaku-menu'))
    await page.waitForSelector(at('danmaku-on'))
    await shoot(page, 'danmaku-menu')
    await page.click(at('danmaku-area-half'))
    await page.uncheck(at('danmaku-on'))
    await flying(0)
    t.notOk(await page.$eval(at('danmaku'), isPainted))
    await page.keyboard.press('Escape')
    await say(phone, '看不见')
    await message(page, '看不见').waitFor()
    t.equal(await page.getAttribute(at('danmaku'), 'data-flying'), '0')
    t.match(await page.evaluate(() => localStorage.getItem('danmaku')), '"area":"half"')
  })

  t.strictSame(
    [teacher, student, phone].flatMap(({ trouble }) => trouble),
    [],
  )
})

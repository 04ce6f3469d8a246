import type { Page } from 'playwright-core'
import t from 'tap'
import { announce, attend, goLive, serveBrowsers, watch } from '../support/class.ts'

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

t.test('a chat in real browsers, one of them on a phone', async (t) => {
  const { server, browser, url } = await serveBrowsers(t)
  const teacher = await attend(server, browser, 'lamp-teacher', 'teacher')
  const student = await attend(server, browser, 'anna', 'student', { locale: 'en' })
  const phone = await attend(server, browser, '小红', 'student', { phone: true })
  const lesson = await announce(server, teacher)
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
    for (let line = 0; line < 8; line++) await say(teacher, `line ${line}${'\n.'.repeat(6)}`)
    const { page } = student
    await message(page, 'line 7').waitFor()
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

  t.strictSame(
    [teacher, student, phone].flatMap(({ trouble }) => trouble),
    [],
  )
})

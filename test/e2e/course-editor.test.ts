import type { Page } from 'playwright-core'
import t from 'tap'
import type { CourseDraft, LessonDraft } from '../../src/courses/schema.ts'
import { attend, serveBrowsers } from '../support/class.ts'
import { png } from '../support/material.ts'

t.test('a teacher makes a course in the page', async (t) => {
  const { server, browser } = await serveBrowsers(t)
  const { url, courses, users } = server
  const { teaching } = courses
  const { page, id: teacherId } = await attend(server, browser, 'teacher', 'teacher')
  const teacher = await users.get(teacherId)
  const draft = async (): Promise<CourseDraft> => {
    const [card] = (await teaching.list(teacher, {})).courses
    return teaching.course(teacher, card!.id)
  }
  const saved = (on: Page = page) => on.waitForSelector('[data-testid=save-note][data-status=saved]')
  const typed = async (on: Page, selector: string, text: string) => {
    await on.fill(selector, text)
    await on.waitForSelector('[data-testid=save-note]:not([data-status=saved])')
  }
  const outline = async () => (await draft()).outline.map(({ lessons }) => lessons.map(({ title }) => title).join(''))

  await t.test('what is missing is said before it can be published', async (t) => {
    await page.goto(`${url}/teaching`)
    await page.click('[data-testid=new-course]')
    await page.fill('[name=title]', 'Light')
    await page.click('[data-testid=create-course]')
    await page.click('[data-testid=tab-publish]')
    await page.waitForSelector('[data-testid=lacks] li >> nth=2')
    t.ok(await page.locator('[data-testid=publish]').isDisabled())
  })

  await t.test('words and prices save themselves', async (t) => {
    await page.click('[data-testid=tab-basics]')
    await typed(page, 'textarea >> nth=0', 'One line')
    await page.fill('textarea >> nth=1', '# Hello')
    await page.locator('[inputmode=decimal]').nth(0).fill('199')
    await saved()
    t.match(await draft(), { summary: 'One line', intro: '# Hello', priceFen: 19900 })
  })

  await t.test('lessons are added to chapters', async (t) => {
    await page.click('[data-testid=tab-outline]')
    for (const title of ['First', 'Second']) {
      await page.click('[data-testid=new-chapter]')
      await page.fill('[name=title]', title)
      await page.click('[data-testid=save-chapter]')
      await page.getByRole('heading', { name: title }).waitFor()
      await saved()
    }
    const address = page.url()
    for (const title of ['a', 'b']) {
      await page.locator('[data-testid=chapter]').nth(0).getByRole('button').nth(1).click()
      await page.fill('[name=title]', title)
      await page.click('[data-testid=create-lesson]')
      await page.waitForSelector('[data-testid=free]')
      await typed(page, 'textarea >> nth=0', `Text of ${title}`)
      await saved()
      await page.goto(address)
      await page.waitForSelector('[data-testid=chapter]')
    }
    t.strictSame(await outline(), ['', 'ab', ''])
    const [lesson] = (await draft()).outline[1]!.lessons
    t.match((await teaching.lesson(teacher, lesson!.id)) as LessonDraft, { body: 'Text of a', lack: null })
  })

  await t.test('a picture is put into an article', async (t) => {
    const address = page.url()
    const [lesson] = (await draft()).outline[1]!.lessons
    await page.goto(`${url}/teaching/courses/${(await draft()).id}/lessons/${lesson!.id}`)
    await page.waitForSelector('[data-testid=picture]')
    const body = page.locator('textarea').first()
    await body.focus()
    const choose = (name: string, buffer: Buffer) =>
      page.setInputFiles('[data-testid=file-picture]', { name, mimeType: 'image/png', buffer })
    await choose('notes.png', Buffer.from('only words'.repeat(100)))
    await page.waitForSelector('[data-testid=upload-failed]')
    t.equal(await body.inputValue(), 'Text of a', 'what is no picture is said to be none')
    await page.locator('[data-testid=uploading] button').last().click()
    await choose('evening light.png', png())
    await page.waitForFunction(() => document.querySelector('textarea')!.value.includes('/api/files/'))
    t.match(await body.inputValue(), /^Text of a\n\n!\[evening light\]\(\/api\/files\/[0-9a-f-]{36}\)\n$/)
    await saved()
    t.match(await teaching.lesson(teacher, lesson!.id), { body: /evening light/ })
    await page.getByRole('button', { name: '看效果' }).click()
    await page.waitForFunction(
      () => document.querySelector<HTMLImageElement>('[data-testid=markdown-preview] img')?.naturalWidth,
    )
    await page.goto(address)
    await page.waitForSelector('[data-testid=chapter]')
  })

  await t.test('they are moved with the keyboard, and every step is said', async (t) => {
    const said = async (pattern: RegExp) =>
      page.waitForFunction(
        ([source]) => new RegExp(source!).test(document.querySelector('[data-testid=said]')?.textContent ?? ''),
        [pattern.source],
      )
    await page.locator('[data-testid=chapter] li button[id^=handle]').nth(0).focus()
    await page.keyboard.press('Space')
    await said(/a/)
    await page.keyboard.press('ArrowDown')
    await said(/First.*2.*2/)
    await page.keyboard.press('ArrowDown')
    await said(/Second.*1.*1/)
    await page.keyboard.press('Space')
    await saved()
    t.strictSame(await outline(), ['', 'b', 'a'])
  })

  await t.test('they are dragged with the pointer', async (t) => {
    const handle = async (place: number) =>
      (await page.locator('[data-testid=chapter] li button[id^=handle]').nth(place).boundingBox())!
    const [from, to] = [await handle(1), await handle(0)]
    await page.mouse.move(from.x + 10, from.y + 10)
    await page.mouse.down()
    await page.mouse.move(from.x + 10, from.y - 10, { steps: 3 })
    await page.mouse.move(to.x + 10, to.y + 2, { steps: 12 })
    await page.locator('[data-testid=chapter]').nth(0).locator('li').nth(1).waitFor()
    await page.mouse.up()
    await saved()
    for (let tries = 0; tries < 100 && (await outline())[2] !== ''; tries++) await page.waitForTimeout(50)
    t.strictSame([...(await outline())[1]!].sort(), ['a', 'b'])
  })

  await t.test('two tabs that write the same thing ask a person', async (t) => {
    await page.click('[data-testid=tab-basics]')
    await page.waitForSelector('textarea')
    const other = await page.context().newPage()
    await other.goto(page.url())
    await other.waitForSelector('textarea')
    await typed(other, 'textarea >> nth=0', 'Theirs')
    await saved(other)
    await page.fill('textarea >> nth=0', 'Mine')
    await page.waitForSelector('[data-testid=save-note][data-status=conflict]')
    t.equal((await draft()).summary, 'Theirs')
    await page.locator('[role=alert] button').nth(1).click()
    await saved()
    t.equal((await draft()).summary, 'Mine')
    await other.close()
  })

  await t.test('what is typed without a network is saved when it is back', async (t) => {
    await page.context().setOffline(true)
    await page.fill('textarea >> nth=0', 'Offline')
    await page.waitForSelector('[data-testid=save-note][data-status=failed]')
    await page.click('[data-testid=tab-publish]')
    await page.click('[data-testid=tab-basics]')
    t.equal(await page.inputValue('textarea >> nth=0'), 'Offline', 'it outlives the form')
    await page.context().setOffline(false)
    await saved()
    t.equal((await draft()).summary, 'Offline')
  })

  await t.test('and then it is there for everyone', async (t) => {
    await page.click('[data-testid=tab-publish]')
    await page.click('[data-testid=publish]')
    await page.waitForSelector('[data-testid=archive]')
    const { courses: list } = await (await fetch(`${url}/api/courses`)).json()
    t.match(list, [{ title: 'Light', priceFen: 19900, lessons: 2 }])
  })
})

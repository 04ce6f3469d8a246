import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import type { Page } from 'playwright-core'
import t from 'tap'
import { announce, attend, goLive, serveBrowsers, watch } from '../support/class.ts'

/** What a click lets the page download, as the rows of a table. */
async function tableFrom(page: Page, click: () => Promise<void>): Promise<string[][]> {
  const [download] = await Promise.all([page.waitForEvent('download'), click()])
  return parse(await readFile(await download.path()), { bom: true })
}

t.test('a prepared quiz and a sign-in, in real browsers', async (t) => {
  const { server, browser, url } = await serveBrowsers(t)
  const teacher = await attend(server, browser, 'teacher', 'teacher')
  const ana = await attend(server, browser, 'Ana', 'student', { phone: true, locale: 'en-GB' })
  const bo = await attend(server, browser, 'Bo', 'student')
  const lesson = await announce(server, teacher)
  const desk = teacher.page.locator('[data-testid=poll-desk]')

  await t.test('the teacher prepares a quiz before class', async () => {
    const { page } = teacher
    await page.goto(`${url}/teaching`)
    await page.getByRole('button', { name: '更多' }).first().click()
    await page.click('[data-testid=lesson-polls]')
    await page.click('[data-testid=prepare-poll]')
    await page.locator('[data-testid=poll-kind-quiz]').locator('..').click()
    await page.fill('[data-testid=poll-question]', 'Which lens turns the picture over?')
    for (const [place, text] of ['A flat one', 'A convex one'].entries())
      await page.fill(`[data-testid=poll-option-input-${place}]`, text)
    await page.check('[data-testid=poll-right-1]')
    await page.selectOption('[data-testid=poll-time]', '300')
    await page.click('[data-testid=poll-save]')
    await page.getByTestId('prepared-list').getByText('Which lens').waitFor()
  })

  await t.test('in class one click starts it, and students answer, on a phone as well', async (t) => {
    await goLive(teacher, url, lesson.id)
    await watch(ana, url, lesson.id)
    await watch(bo, url, lesson.id)
    await teacher.page.click('[data-testid=poll-button]')
    await teacher.page.click('[data-testid=start-prepared-0]')
    await desk.getByText('正确答案').waitFor()
    t.match(await ana.page.textContent('[data-testid=poll-card]'), 'Quiz')
    await ana.page.waitForSelector('[data-testid=poll-card] [role=timer]')
    await ana.page.check('[data-testid=poll-option-1]')
    await ana.page.click('[data-testid=poll-vote]')
    await ana.page.waitForSelector('[data-testid=poll-sent]')
    await bo.page.check('[data-testid=poll-option-0]')
    await bo.page.click('[data-testid=poll-vote]')
    await desk.locator('[data-testid=poll-votes-0][data-votes="1"]').waitFor()
    t.equal(await bo.page.locator('[data-testid=poll-result]').count(), 0, 'nobody sees the others’ answers yet')
  })

  await t.test('once it is closed everyone sees what is right, and who was first', async (t) => {
    await teacher.page.click('[data-testid=poll-close]')
    for (const { page } of [teacher, ana, bo])
      await page.locator('[data-testid=ranking-line]').filter({ hasText: 'Ana' }).waitFor()
    t.match(await ana.page.textContent('[data-testid=poll-verdict]'), 'You were right')
    t.match(await bo.page.textContent('[data-testid=poll-verdict]'), '答错了')
    await ana.page.click('[data-testid=ranking-total]')
    await ana.page.locator('[data-testid=ranking-line]').filter({ hasText: 'Ana' }).waitFor()
  })

  await t.test('the teacher takes the answers home', async (t) => {
    const rows = await tableFrom(teacher.page, async () => {
      await teacher.page.click('[data-testid=poll-export]')
      await teacher.page.click('[data-testid=export-poll]')
    })
    t.match(
      rows.slice(1).map(([, name, answer, right]) => [name, answer, right]),
      [
        ['Ana', 'A convex one', '✓'],
        ['Bo', 'A flat one', '✗'],
      ],
    )
  })

  await t.test('students sign in, and the teacher sees who has not', async (t) => {
    const { page } = teacher
    await page.click('[data-testid=start-sign-in]')
    await ana.page.click('[data-testid=sign-in]')
    await ana.page.waitForSelector('[data-testid=sign-in-state][data-signed=true]')
    await page.locator('[data-testid=sign-in-count]').filter({ hasText: '1' }).waitFor()
    await page.locator('[data-testid=list-missing]').filter({ hasText: 'Bo' }).waitFor()
    await page.click('[data-testid=signed-came]')
    await page.locator('[data-testid=list-came]').filter({ hasText: 'Ana' }).waitFor()
    await page.click('[data-testid=close-sign-in]')
    await bo.page.locator('[data-testid=sign-in-state]').filter({ hasText: '没有签到' }).waitFor()
    const rows = await tableFrom(page, () => page.click('[data-testid=export-sign-ins]'))
    t.match(rows.slice(1), [
      ['Ana', '是 Yes', /^已签到/],
      ['Bo', '是 Yes', '未签到 Missed'],
    ])
  })

  await t.test('whoever comes late sees what the quiz came to, folded', async (t) => {
    const late = await attend(server, browser, 'Late', 'student')
    await watch(late, url, lesson.id)
    await late.page.waitForSelector('[data-testid=poll-card]')
    t.equal(await late.page.locator('[data-testid=poll-body]').count(), 0)
    await late.page.click('[data-testid=poll-card] button')
    await late.page.locator('[data-testid=ranking-line]').filter({ hasText: 'Ana' }).waitFor()
  })

  for (const { trouble } of [teacher, ana, bo]) t.strictSame(trouble, [])
})

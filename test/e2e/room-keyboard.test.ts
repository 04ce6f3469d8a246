/** A class by keys alone: in, talk, ask, vote, raise a hand, speak, and out again. */
import t from 'tap'
import { announce, attend, goLive, MAIN_VIDEO, messageSeen, picture, serveBrowsers, watch } from '../support/class.ts'
import { byKeys } from '../support/keyboard.ts'

t.test('a room is used without a mouse', async (t) => {
  const { server, browser, url } = await serveBrowsers(t)
  const teacher = await attend(server, browser, 'teacher', 'teacher', { clockCamera: true })
  const student = await attend(server, browser, 'student', 'student')
  const other = await attend(server, browser, 'other', 'student')
  const lesson = await announce(server, teacher)
  await goLive(teacher, url, lesson.id)
  await watch(other, url, lesson.id)
  const { page } = student
  const { tabTo, round, unseen } = byKeys()
  const { keyboard } = page

  await t.test('from the front page into the class', async () => {
    await page.goto(url)
    await tabTo(page, `[data-testid=lesson-${lesson.id}], [data-testid=lesson-${lesson.id}] a`)
    await keyboard.press('Enter')
    await picture(page, MAIN_VIDEO)
  })

  await t.test('a message is written and sent', async () => {
    await tabTo(page, '[data-testid=chat-input]')
    await keyboard.type('By keys')
    await keyboard.press('Enter')
    await messageSeen(other, 'By keys')
  })

  await t.test('a question of another is voted for, and one’s own asked', async () => {
    await other.page.click('[data-testid=tab-questions]')
    await other.page.fill('[data-testid=question-input]', 'Why is the shadow blue?')
    await other.page.click('[data-testid=question-ask]')
    await tabTo(page, '[role=tab][data-state=active]', 'Shift+Tab')
    await keyboard.press('ArrowRight')
    await page.waitForSelector('[data-testid=tab-questions][data-state=active]')
    await tabTo(page, '[data-testid=question-vote]')
    await keyboard.press('Enter')
    await page.waitForSelector('[data-testid=question-vote][aria-pressed=true]')
    await tabTo(page, '[data-testid=question-input]')
    await keyboard.type('And why is it long?')
    await keyboard.press('Enter')
    await other.page.locator('[data-testid=question]', { hasText: 'And why is it long?' }).waitFor()
  })

  await t.test('a poll is read out, and answered', async () => {
    await teacher.page.click('[data-testid=tab-poll]')
    await teacher.page.click('[data-testid=poll-new]')
    await teacher.page.fill('[data-testid=poll-question]', 'Which lamp?')
    await teacher.page.fill('[data-testid=poll-option-input-0]', 'The small one')
    await teacher.page.fill('[data-testid=poll-option-input-1]', 'The tall one')
    await teacher.page.click('[data-testid=poll-open]')
    await page.locator('[data-testid=announcements]', { hasText: 'Which lamp?' }).waitFor({ state: 'attached' })
    await tabTo(page, '[data-testid^=poll-option-]', 'Shift+Tab')
    await keyboard.press('Space')
    await tabTo(page, '[data-testid=poll-vote]')
    await keyboard.press('Enter')
    await page.waitForSelector('[data-testid^=poll-votes-][data-votes="1"]')
  })

  await t.test('a hand is raised, and the floor taken and given back', async () => {
    await tabTo(page, '[data-testid=raise-hand]', 'Shift+Tab')
    await keyboard.press('Enter')
    await teacher.page.click('[data-testid=tab-hands]')
    await teacher.page.click('[data-testid=give-floor]')
    await tabTo(page, '[data-testid=go-on-air]:enabled')
    await keyboard.press('Enter')
    await picture(other.page, `[data-testid=tile-${student.id}] video`)
    await tabTo(page, '[data-testid=give-back-floor]')
    await keyboard.press('Enter')
    await page.waitForSelector('[data-testid=raise-hand]')
  })

  await t.test('the focus goes round the whole room, both ways, and is always in sight', async (t) => {
    t.ok((await round(page, 'Tab')) > 10)
    t.ok((await round(page, 'Shift+Tab')) > 10)
    t.strictSame(unseen, [])
  })

  await t.test('and out again', async (t) => {
    await tabTo(page, 'header a', 'Shift+Tab')
    await keyboard.press('Enter')
    await page.waitForSelector('[data-testid=room]', { state: 'detached' })
    t.strictSame(student.trouble, [])
  })
})

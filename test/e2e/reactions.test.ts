import t from 'tap'
import { announce, attend, goLive, serveBrowsers, watch } from '../support/class.ts'

t.test('reactions in real browsers', async (t) => {
  const { server, browser, url } = await serveBrowsers(t)
  const teacher = await attend(server, browser, 'teacher', 'teacher')
  const student = await attend(server, browser, 'student', 'student', { phone: true })
  const still = await attend(server, browser, 'still', 'student', { locale: 'en-GB' })
  await still.page.emulateMedia({ reducedMotion: 'reduce' })
  const lesson = await announce(server, teacher)
  await goLive(teacher, url, lesson.id)
  await watch(student, url, lesson.id)
  await watch(still, url, lesson.id)

  await t.test('a tap rises over one’s own picture, then over everyone’s, and is counted', async () => {
    const rising = '[data-testid=floating-reactions] span'
    const seen = teacher.page.waitForSelector(rising, { state: 'attached' })
    for (let taps = 0; taps < 3; taps++) await student.page.click('[data-testid=react-heart]')
    await student.page.waitForSelector(rising, { state: 'attached' })
    await seen
    await still.page.getByRole('button', { name: 'Heart, 3 so far' }).waitFor()
    await student.page.getByRole('button', { name: '比心，已有 3 次' }).waitFor()
    await teacher.page.waitForSelector(rising, { state: 'detached' })
  })

  await t.test('where motion is not wanted only the number changes', async (t) => {
    t.equal(await still.page.locator('[data-testid=floating-reactions] span').count(), 0)
    await still.page.getByRole('button', { name: 'Applause, 0 so far' }).press('Enter')
    await student.page.getByRole('button', { name: '鼓掌，已有 1 次' }).waitFor()
    t.equal(await still.page.locator('[data-testid=floating-reactions] span').count(), 0)
    t.strictSame([...student.trouble, ...teacher.trouble, ...still.trouble], [])
  })
})

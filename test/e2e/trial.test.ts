import { eq } from 'drizzle-orm'
import t from 'tap'
import { lessons } from '../../db/schema.ts'
import { grantIn, revokeIn } from '../../src/entitlements/grants.ts'
import { announce, attend, goLive, MAIN_VIDEO, messageSeen, picture, serveBrowsers } from '../support/class.ts'
import { createShelf } from '../support/shelf.ts'

t.test('a class is tried, bought, refunded', async (t) => {
  const { server, browser } = await serveBrowsers(t)
  const { db, url, entitlements } = server
  const shelf = createShelf(db, Date.now)
  const teacher = await attend(server, browser, 'teacher', 'teacher', { clockCamera: true })
  const lesson = await announce(server, teacher)
  const course = await shelf.course(teacher.id)
  const trialOf = (trialSeconds: number) =>
    db.update(lessons).set({ courseId: course.id, trialSeconds }).where(eq(lessons.id, lesson.id))
  await trialOf(3600)
  await goLive(teacher, url, lesson.id)

  /** What a settled order does. */
  const buy = async (userId: string) => {
    const order = await shelf.paidOrder(userId, { courseId: course.id })
    const grant = { userId, subject: { courseId: course.id }, orderId: order.id, accessDays: null, at: Date.now() }
    await db.transaction((tx) => grantIn(tx, grant))
    await entitlements.announceGranted({ userId, courseId: course.id, planId: null })
    return order
  }
  const refund = async (orderId: string) => {
    const change = await db.transaction((tx) => revokeIn(tx, { orderId, at: Date.now() }))
    await entitlements.announceRevoked(change!)
  }

  await t.test('a purchase during the trial does not touch the picture', async (t) => {
    const { page, id, trouble } = await attend(server, browser, 'early', 'student')
    await page.goto(`${url}/lessons/${lesson.id}`)
    await page.click('[data-testid=try-lesson]')
    await page.waitForSelector('[data-testid=trial-clock]')
    await picture(page, MAIN_VIDEO)
    const video = await page.$(MAIN_VIDEO)
    await buy(id)
    await page.waitForSelector('[data-testid=trial-clock]', { state: 'detached' })
    await picture(page, MAIN_VIDEO)
    t.ok(await video!.evaluate((element) => element.isConnected), 'the same element plays on')
    await page.fill('[data-testid=chat-input]', 'I stay')
    await page.press('[data-testid=chat-input]', 'Enter')
    await messageSeen(teacher, 'I stay')
    t.strictSame(trouble, [])
  })

  await t.test('after the trial the last picture stays, dimmed, until a purchase brings a new one', async (t) => {
    const { page, id, trouble } = await attend(server, browser, 'late', 'student', { phone: true })
    await trialOf(12)
    await page.goto(`${url}/lessons/${lesson.id}?try`)
    await picture(page, MAIN_VIDEO)
    await page.waitForSelector('[data-testid=stage-locked][data-reason=trial_ended]')
    const still = page.locator('[data-testid=still]')
    await still.waitFor()
    const painted = () =>
      still.evaluate((element) => {
        const canvas = element as HTMLCanvasElement
        const { data } = canvas.getContext('2d')!.getImageData(0, canvas.height - 1, canvas.width, 1)
        return canvas.width > 0 && data.some((value, place) => place % 4 !== 3 && value > 0)
      })
    t.ok(await painted(), 'there is a picture in it')
    t.ok(await page.locator('[data-testid=chat-input]').isDisabled())

    const boughtAt = Date.now()
    const order = await buy(id)
    await page.waitForSelector('[data-testid=stage-locked]', { state: 'detached' })
    await picture(page, MAIN_VIDEO)
    t.comment(`a new picture ${Date.now() - boughtAt} ms after the purchase`)
    await still.waitFor({ state: 'hidden' })

    const refundedAt = Date.now()
    await refund(order.id)
    await page.waitForSelector('[data-testid=stage-locked][data-reason=not_entitled]')
    t.comment(`out ${Date.now() - refundedAt} ms after the refund`)
    const frames = () =>
      page.evaluate(
        (selector) => document.querySelector<HTMLVideoElement>(selector)?.getVideoPlaybackQuality().totalVideoFrames,
        MAIN_VIDEO,
      )
    const before = await frames()
    await page.waitForTimeout(500)
    t.equal(await frames(), before, 'nothing more is received')
    t.strictSame(trouble, [])
  })

  await t.test('whose trial is over finds the card, and no room', async (t) => {
    const { page } = await attend(server, browser, 'back', 'student')
    await page.goto(`${url}/lessons/${lesson.id}?try`)
    await page.waitForSelector('[data-testid=stage-locked]')
    await page.reload()
    await page.waitForSelector('[data-testid=room-out][data-reason=trial_ended] [data-testid=purchase-card]')
    t.equal(await page.locator(MAIN_VIDEO).count(), 0)
  })
})

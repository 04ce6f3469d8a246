import t from 'tap'
import { announce, attend, goLive, MAIN_VIDEO, picture, serveBrowsers, watch } from '../support/class.ts'
import { timePromotion } from '../support/promotion.ts'

t.test('the floor, in real browsers', async (t) => {
  const { server, browser, url } = await serveBrowsers(t, { ROOM_SEATS: '2' })
  const teacher = await attend(server, browser, 'teacher', 'teacher', { clockCamera: true })
  const rain = await attend(server, browser, 'rain', 'student', { clockCamera: true })
  const snow = await attend(server, browser, 'snow', 'student', { clockCamera: true, phone: true })
  const lesson = await announce(server, teacher)
  await goLive(teacher, url, lesson.id)
  await watch(rain, url, lesson.id)
  await teacher.page.click('[data-testid=tab-hands]')
  const give = '[data-testid=give-floor]'
  const tileOf = ({ id }: { id: string }) => `[data-testid=tile-${id}]`

  await t.test('whoever is ready when the floor comes is seen and heard at once', async (t) => {
    await rain.page.click('[data-testid=raise-hand]')
    await picture(rain.page, 'video[data-testid=floor-preview]')
    await teacher.page.waitForSelector(give)
    t.notOk(await teacher.page.isVisible(tileOf(rain)), 'but not before')
    await rain.page.click('[data-testid=ready-to-speak]')
    await rain.page.waitForSelector('[data-testid=ready]')
    const { seen, heard } = await timePromotion(teacher.page, give, rain.id)
    t.comment(`floor given from a seat: seen after ${seen} ms, heard after ${heard} ms`)
    await rain.page.click('[data-testid=give-back-floor]')
    await teacher.page.waitForSelector(tileOf(rain), { state: 'detached' })
    await rain.page.waitForSelector('[data-testid=raise-hand]')
  })

  await t.test('whoever is not ready is asked first, and seen by nobody before they said so', async (t) => {
    await rain.page.click('[data-testid=raise-hand]')
    await rain.page.click('[data-testid=not-now]')
    await teacher.page.click(give)
    await picture(rain.page, 'video[data-testid=floor-preview]')
    await teacher.page.waitForSelector(tileOf(rain))
    t.notOk(await teacher.page.isVisible(`${tileOf(rain)} video`))
    await rain.page.click('[data-testid=go-on-air]')
    await picture(teacher.page, `${tileOf(rain)} video`)
    await teacher.page.click('[data-testid=take-floor]')
    await rain.page.waitForSelector('[data-testid=raise-hand]')
  })

  await t.test('a hand that goes down lets go of the devices', async () => {
    await rain.page.click('[data-testid=raise-hand]')
    await rain.page.click('[data-testid=ready-to-speak]')
    await rain.page.click('[data-testid=lower-hand]')
    await rain.page.waitForSelector('[data-testid=raise-hand]')
    await teacher.page.waitForSelector(give, { state: 'detached' })
  })

  await t.test('from the broadcast, too', async (t) => {
    await snow.page.goto(`${url}/lessons/${lesson.id}`)
    await picture(snow.page, MAIN_VIDEO)
    await snow.page.locator('[data-testid=latency-badge][data-tier=broadcast]').waitFor()
    await snow.page.click('[data-testid=raise-hand]')
    await snow.page.click('[data-testid=ready-to-speak]')
    const { seen, heard } = await timePromotion(teacher.page, give, snow.id)
    t.comment(`floor given from the broadcast: seen after ${seen} ms, heard after ${heard} ms`)
    await picture(snow.page, MAIN_VIDEO)
    for (const { trouble } of [teacher, rain, snow]) t.strictSame(trouble, [])
  })
})

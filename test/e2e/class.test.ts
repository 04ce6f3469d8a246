import t from 'tap'
import { median, readLatencies, readLoudness } from '../support/browser.ts'
import { announce, attend, goLive, MAIN_VIDEO, messageSeen, picture, serveBrowsers, watch } from '../support/class.ts'

t.test('a class in real browsers', async (t) => {
  const { server, browser, url } = await serveBrowsers(t)
  const teacher = await attend(server, browser, 'teacher', 'teacher', { clockCamera: true })
  const student = await attend(server, browser, 'student', 'student')
  const lesson = await announce(server, teacher)

  await t.test('the teacher goes live, and the student sees the picture and hears the sound', async (t) => {
    await goLive(teacher, url, lesson.id)
    await watch(student, url, lesson.id)
    const loudness = await readLoudness(student.page, `audio[data-testid="audio-${teacher.id}"]`)
    t.ok(loudness > 0.01, `the tone is heard (${loudness.toFixed(3)})`)
    await student.page.waitForSelector('[data-testid=live-pill]')
    await teacher.page.waitForSelector('[data-testid=audience-count]')
  })

  await t.test('the picture is less than half a second old', async (t) => {
    const latency = median(await readLatencies(student.page, MAIN_VIDEO, 100))
    t.comment(`glass to glass: ${Math.round(latency)} ms at the median`)
    t.ok(latency < 500, `${Math.round(latency)} ms`)
  })

  await t.test('what one says the other reads', async (t) => {
    await student.page.fill('[data-testid=chat-input]', 'Which lamp is that?')
    await student.page.press('[data-testid=chat-input]', 'Enter')
    await messageSeen(teacher, 'Which lamp is that?')
    await teacher.page.fill('[data-testid=chat-input]', 'The small one.')
    await teacher.page.click('[data-testid=chat-send]')
    await messageSeen(student, 'The small one.')
    t.strictSame([...student.trouble, ...teacher.trouble], [])
  })

  await t.test('a student with the floor is seen by the others, until it is taken', async (t) => {
    const other = await attend(server, browser, 'other', 'student')
    await watch(other, url, lesson.id)
    await student.page.click('[data-testid=raise-hand]')
    await teacher.page.click('[data-testid=give-floor]')
    await student.page.click('[data-testid=go-on-air]')
    const tile = `[data-testid=tile-${student.id}] video`
    await picture(other.page, tile)
    await picture(teacher.page, tile)
    await teacher.page.click('[data-testid=take-floor]')
    await other.page.waitForSelector(tile, { state: 'detached' })
    t.strictSame(other.trouble, [])
    await other.context.close()
  })

  await t.test('a reload brings the picture back', async (t) => {
    await student.page.reload()
    await picture(student.page, MAIN_VIDEO)
    t.strictSame(student.trouble, [])
  })

  await t.test('a teacher who reloads is live again, for those who kept watching', async (t) => {
    await teacher.page.reload()
    await teacher.page.waitForSelector('[data-testid=live-timer]')
    await picture(student.page, MAIN_VIDEO)
    t.equal((await server.lessons.stateOf(lesson.id)).status, 'live')
  })

  await t.test('lost sockets come back, and the picture never stops', async (t) => {
    const frames = () =>
      student.page.evaluate(
        (selector) => document.querySelector<HTMLVideoElement>(selector)!.getVideoPlaybackQuality().totalVideoFrames,
        MAIN_VIDEO,
      )
    const before = await frames()
    for (const socket of server.app.websocketServer.clients) socket.terminate()
    await student.page.fill('[data-testid=chat-input]', 'Back again')
    await student.page.press('[data-testid=chat-input]', 'Enter')
    await messageSeen(teacher, 'Back again')
    await picture(student.page, MAIN_VIDEO)
    t.ok((await frames()) > before, 'the same element plays on')
  })

  await t.test('a media worker that is killed is replaced, and the picture comes back', async (t) => {
    const [slot] = server.pool.workers
    process.kill(slot!.worker.pid, 'SIGKILL')
    await student.page
      .waitForFunction((selector) => !document.querySelector(selector), MAIN_VIDEO, { timeout: 5000 })
      .catch(() => {})
    await picture(student.page, MAIN_VIDEO)
    const latency = median(await readLatencies(student.page, MAIN_VIDEO, 10))
    t.ok(latency < 1000, `it is a new picture, ${Math.round(latency)} ms old`)
    t.not(server.pool.workers[0]?.worker.pid, slot!.worker.pid)
  })

  await t.test('the teacher ends the class, and the student is told', async (t) => {
    await teacher.page.click('[data-testid=end-class]')
    await teacher.page.getByRole('alertdialog').or(teacher.page.getByRole('dialog')).getByRole('button').last().click()
    await student.page.waitForSelector('[data-testid=lesson-ended]')
    t.equal((await server.lessons.stateOf(lesson.id)).status, 'ended')
    t.strictSame([...student.trouble, ...teacher.trouble], [])
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { launchBrowser, median } from '../../support/browser.ts'
import { announce, attend, goLive } from '../../support/class.ts'
import { installFlashAndBeep, soundIsLateByMs } from '../../support/flash-and-beep.ts'
import { openServer } from '../../support/server.ts'

/** Chromium reports about its sound for the first time some five seconds after it has begun. */
const SETTLED_AFTER_SECONDS = 8
const SEGMENTS = 11

t.test('picture and sound of a real browser are together to within 45 ms', async (t) => {
  const server = await openServer({ BROADCAST: 'true' })
  t.teardown(() => server.close())
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const teacher = await attend(server, browser, 'teacher', 'teacher')
  await teacher.page.addInitScript(installFlashAndBeep)
  const { id } = await announce(server, teacher)
  await goLive(teacher, server.url, id)
  const live = server.media.liveBroadcast(id)!
  await live.multivariant()
  const folder = t.testdir()
  const whole = async (rendition: string) => {
    for (let msn = 0; msn < SEGMENTS; msn++) await live.playlist(rendition, { msn })
    const { text } = await live.playlist(rendition, {})
    const numbers = [...text.matchAll(/\n(\d+)\.m4s/g)].map(([, msn]) => Number(msn))
    const init = live.init(rendition, Number([...text.matchAll(/init-(\d+)\.mp4/g)].at(-1)![1]))!
    const segments = await Promise.all(numbers.map((msn) => live.segment(rendition, msn)))
    const file = join(folder, `${rendition}.mp4`)
    writeFileSync(file, Buffer.concat([init, ...segments.map((segment) => segment!)]))
    return file
  }
  const offsets = await soundIsLateByMs(await whole('v0'), await whole('opus'), SETTLED_AFTER_SECONDS)
  t.comment(`the sound is late by ${offsets} ms`)
  t.ok(offsets.length >= 8, `${offsets.length} flashes`)
  t.ok(Math.abs(median(offsets)) < 45, `${median(offsets)} ms at the median`)
})

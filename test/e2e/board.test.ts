import type { Page } from 'playwright-core'
import t from 'tap'
import { announce, attend, goLive, serveBrowsers, watch } from '../support/class.ts'
import { inkOn, scribble, settled } from '../support/ink.ts'
import { chinesePdf } from '../support/material.ts'

t.test('slides and strokes, in real browsers', async (t) => {
  const { server, browser, url } = await serveBrowsers(t)
  const teacher = await attend(server, browser, 'teacher', 'teacher')
  const student = await attend(server, browser, 'student', 'student', { phone: true })
  const lesson = await announce(server, teacher)
  await goLive(teacher, url, lesson.id)
  await watch(student, url, lesson.id)
  const shownPage = (page: Page, number: number) =>
    page.waitForSelector(`[data-testid=deck-page][data-page="${number}"]`)

  await t.test('the teacher uploads a PDF in the class, and students see each page that is turned to', async () => {
    await teacher.page.click('[data-testid=board-button]')
    await teacher.page.setInputFiles('[data-testid=file-document]', {
      name: '光与影.pdf',
      mimeType: 'application/pdf',
      buffer: chinesePdf('光与影', 3),
    })
    await teacher.page.click('[data-testid=choose-deck]')
    await shownPage(student.page, 1)
    await teacher.page.click('[data-testid=board-next]')
    await teacher.page.click('[data-testid=board-next]')
    await shownPage(student.page, 3)
    await student.page.waitForSelector('video[data-testid=main-video]')
  })

  await t.test('all pages are there to choose from, small', async () => {
    await teacher.page.click('[data-testid=board-pages]')
    await teacher.page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-testid=page-deck-2] canvas')
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
      return pixels.some((value, at) => at % 4 === 3 && value > 0)
    })
    await teacher.page.click('[data-testid=board-pages]')
  })

  await t.test('what the teacher draws is there for all, and for who comes later', async (t) => {
    await scribble(teacher.page, 0.3)
    await settled(async () => (await inkOn(student.page)) > 0, 'the student sees ink')
    const late = await attend(server, browser, 'late', 'student')
    await late.page.goto(`${url}/lessons/${lesson.id}`)
    await shownPage(late.page, 3)
    await settled(async () => (await inkOn(late.page)) > 0, 'the late one sees ink')
    await late.context.close()
    await teacher.page.click('[data-testid=board-undo]')
    await settled(async () => (await inkOn(student.page)) === 0, 'it is taken back')
    await teacher.page.click('[data-testid=board-redo]')
    await settled(async () => (await inkOn(student.page)) > 0, 'and drawn again')
    t.strictSame(teacher.trouble, [])
  })

  await t.test('a student with the pen draws on a blank page, and the teacher sees it', async (t) => {
    await teacher.page.click('[data-testid=board-blank]')
    await settled(async () => (await inkOn(student.page)) === 0, 'the page is blank')
    t.notOk(await student.page.isVisible('[data-testid=board-surface]'))
    await teacher.page.click('[data-testid=tab-people]')
    await teacher.page.click(`[data-testid=peer-${student.id}] [data-testid=peer-menu]`)
    await teacher.page.click('[data-testid=lend-pen]')
    await student.page.waitForSelector('[data-testid=board-tools]')
    await scribble(student.page, 0.5)
    await settled(async () => (await inkOn(teacher.page)) > 0, 'the teacher sees ink')
    await teacher.page.click('[data-testid=tool-eraser]')
    await scribble(teacher.page, 0.5)
    await settled(async () => (await inkOn(student.page)) === 0, 'the teacher rubbed it out')
    t.strictSame(student.trouble, [])
  })

  await t.test('the page goes when the teacher puts it away, and the picture is large again', async () => {
    await teacher.page.click('[data-testid=board-close]')
    await student.page.waitForSelector('[data-testid=board]', { state: 'detached' })
  })
})

import t from 'tap'
import { openPage } from '../support/browser.ts'
import { attend, goLive, MAIN_VIDEO, picture, serveBrowsers } from '../support/class.ts'

t.test('a newcomer on a phone, in English', async (t) => {
  const { server, browser, url } = await serveBrowsers(t)
  const teacher = await attend(server, browser, 'teacher', 'teacher')
  const { page } = await openPage(browser, { phone: true, locale: 'en-US' })
  const trouble: string[] = []
  page.on('pageerror', (error) => trouble.push(String(error)))
  let lessonUrl = ''

  await t.test('the teacher announces a lesson in the page', async (t) => {
    await teacher.page.goto(`${url}/teaching`)
    await teacher.page.click('[data-testid=new-lesson]')
    await teacher.page.fill('input[name=title]', 'Light and shadow')
    await teacher.page.click('[data-testid=save-lesson]')
    await teacher.page.getByText('Light and shadow').first().waitFor()
    const { lessons } = await (await fetch(`${url}/api/lessons?filter=upcoming`)).json()
    t.match(lessons, [{ title: 'Light and shadow', teacher: { id: teacher.id } }])
    lessonUrl = `${url}/lessons/${lessons[0].id}`
  })

  await t.test('the newcomer is led through signing up, and back to the lesson', async (t) => {
    await page.goto(lessonUrl)
    await page.getByText('Light and shadow').first().waitFor()
    await page.click('[data-testid=sign-in-to-enter]')
    await page.getByRole('link', { name: 'Sign up' }).click()
    await page.fill('input[name=username]', 'newcomer')
    await page.fill('input[name=password]', 'short')
    await page.click('[data-testid=sign-in-submit]')
    await page.locator('input[name=password][aria-invalid=true]').waitFor()
    await page.fill('input[name=password]', 'long enough to be safe')
    await page.click('[data-testid=sign-in-submit]')
    await page.getByText('Please read and accept the terms').waitFor()
    await page.check('[data-testid=accept-terms]')
    await page.click('[data-testid=sign-in-submit]')
    await page.waitForURL(lessonUrl)
    t.equal(new URL(page.url()).search, '', 'nothing typed is in the address')
  })

  await t.test('the class begins, and Chromium’s own camera is seen on the phone', async (t) => {
    await goLive(teacher, url, lessonUrl.split('/').at(-1)!)
    await picture(page, MAIN_VIDEO)
    const [width, height] = await page.evaluate((selector) => {
      const video = document.querySelector<HTMLVideoElement>(selector)!
      return [video.videoWidth, video.videoHeight]
    }, MAIN_VIDEO)
    t.ok(width! / height! > 1, `${width} × ${height}`)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    t.equal(overflow, 0, 'the page is not wider than the phone')
  })

  await t.test('a poll is asked, answered, and its result is seen by both', async () => {
    await teacher.page.click('[data-testid=poll-button]')
    await teacher.page.click('[data-testid=poll-new]')
    await teacher.page.fill('[data-testid=poll-question]', 'Which light is warmer?')
    await teacher.page.fill('[data-testid=poll-option-input-0]', 'The lamp')
    await teacher.page.fill('[data-testid=poll-option-input-1]', 'The window')
    await teacher.page.click('[data-testid=poll-open]')
    await page.click('[data-testid=poll-option-0]')
    await page.click('[data-testid=poll-vote]')
    await page.waitForSelector('[data-testid=poll-result]')
    await teacher.page.locator('[data-testid=poll-desk]').getByText('1', { exact: false }).first().waitFor()
    await teacher.page.click('[data-testid=poll-close]')
  })

  await t.test('a shared screen is shown beside the camera', async () => {
    await teacher.page.evaluate(() => {
      navigator.mediaDevices.getDisplayMedia = async () => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 })
        const context = canvas.getContext('2d')!
        setInterval(() => {
          context.fillStyle = `hsl(${performance.now() / 50} 50% 50%)`
          context.fillRect(0, 0, 1280, 720)
        }, 100)
        return canvas.captureStream(10)
      }
    })
    await teacher.page.click('[data-testid=share-screen]')
    await picture(page, 'video[data-testid=inset-video]')
    await picture(page, MAIN_VIDEO)
    await teacher.page.click('[data-testid=share-screen]')
    await page.waitForSelector('video[data-testid=inset-video]', { state: 'detached' })
  })

  await t.test('a removed student is told so, and stays out', async (t) => {
    await page.fill('[data-testid=chat-input]', 'Buy my lamps!')
    await page.press('[data-testid=chat-input]', 'Enter')
    await teacher.page.getByRole('tab', { name: '聊天' }).click()
    const message = teacher.page.locator('[data-testid=chat-message]', { hasText: 'Buy my lamps!' })
    await message.hover()
    await message.locator('[data-testid=message-menu]').click()
    await teacher.page.click('[data-testid=remove-peer]')
    await teacher.page.getByRole('alertdialog').or(teacher.page.getByRole('dialog')).getByRole('button').last().click()
    await page.waitForSelector('[data-testid=room-out]')
    await page.reload()
    await page.waitForSelector('[data-testid=room-out]')
    t.strictSame([...trouble, ...teacher.trouble], [])
  })
})

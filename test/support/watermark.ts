/** The viewer's mark over a picture, as an honest viewer and a dishonest one meet it. */
import type { Page } from 'playwright-core'
import type { Test } from 'tap'

/** Whoever takes it away has it back, and is told of; the picture waits while it cannot be shown. `video` plays. */
export async function checkWatermark(t: Test, page: Page, userId: string, video: string): Promise<void> {
  const mark = page.getByText(`ID ${userId.slice(0, 8)}`, { exact: true })
  const stands = (paused: boolean) =>
    page.waitForFunction(
      ([video, paused]) => document.querySelector<HTMLVideoElement>(video as string)!.paused === paused,
      [video, paused] as const,
    )
  t.equal(await mark.count(), 1)
  const told = page.waitForResponse((answer) => answer.url().endsWith('/tampering'))
  await mark.evaluate((element) => element.remove())
  await mark.waitFor()
  t.equal(await mark.count(), 1)
  t.equal((await told).status(), 204)
  const frame = await mark.evaluateHandle((element) => element.parentElement!)
  await frame.evaluate((frame) => {
    frame.append = () => {}
    for (const child of [...frame.children]) if (child.textContent?.startsWith('ID ')) child.remove()
  })
  await page.waitForSelector('[data-testid=watermark-covered]')
  await stands(true)
  await frame.evaluate((frame) => {
    delete (frame as Partial<Element>).append
  })
  await page.waitForSelector('[data-testid=watermark-covered]', { state: 'detached' })
  await stands(false)
  t.equal(await mark.count(), 1)
}

/** How far the brightest and the darkest of the mark are from each other, 0 to 255, before a ground of this colour. */
export async function contrastOfWatermark(page: Page, userId: string, ground: string): Promise<number> {
  const mark = page.getByText(`ID ${userId.slice(0, 8)}`, { exact: true })
  await mark.evaluate((element, ground) => {
    const cover = Object.assign(document.createElement('div'), { id: 'ground' })
    cover.style.cssText = `position:absolute;inset:0;z-index:8;background:${ground}`
    element.parentElement!.append(cover)
  }, ground)
  const png = (await mark.screenshot({ animations: 'disabled' })).toString('base64')
  return page.evaluate(async (png) => {
    document.querySelector('#ground')!.remove()
    const picture = Object.assign(new Image(), { src: `data:image/png;base64,${png}` })
    await picture.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height })
    const context = canvas.getContext('2d')!
    context.drawImage(picture, 0, 0)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    const lights = Array.from({ length: data.length / 4 }, (_, pixel) => data[pixel * 4 + 1]!)
    return (
      lights.reduce((most, light) => Math.max(most, light)) - lights.reduce((least, light) => Math.min(least, light))
    )
  }, png)
}

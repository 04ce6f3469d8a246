/** Drawing on the board of a class in a browser, and looking at what is drawn. */
import type { Page } from 'playwright-core'

const INK = '[data-testid=ink] canvas:first-child'

/** How much of the page is covered by what lasts, in thousandths. */
export const inkOn = (page: Page): Promise<number> =>
  page.$eval(INK, (canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    let covered = 0
    for (let at = 3; at < data.length; at += 4) if (data[at]! > 0) covered += 1
    return Math.round((covered * 1000) / (data.length / 4))
  })

/** Resolves when this is true; throws where it never comes to be. */
export async function settled(read: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await read()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`never came true: ${what}`)
}

/** Draws a line over the page, from left to right at this height. */
export async function scribble(page: Page, height: number): Promise<void> {
  const { x, y, width, height: high } = (await page.locator('[data-testid=board-surface]').boundingBox())!
  await page.mouse.move(x + width * 0.1, y + high * height)
  await page.mouse.down()
  for (let step = 1; step <= 10; step++)
    await page.mouse.move(x + width * (0.1 + step * 0.05), y + high * (height + (step % 2) * 0.02))
  await page.mouse.up()
}

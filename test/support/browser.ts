/** A real Chromium, with a camera that shows the time in bars that a program can read. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { chromium } from 'playwright-core'

const flags = [
  '--headless=new',
  '--no-sandbox',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

/** `autoplay`: whether pages may play sound before anyone has touched them. */
export const launchBrowser = ({ autoplay = true } = {}): Promise<Browser> => {
  const policy = autoplay ? 'no-user-gesture-required' : 'document-user-activation-required'
  const args = [...flags, `--autoplay-policy=${policy}`]
  return chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args })
}

/** `camera`: the size of the clock's picture. */
export type PageOptions = {
  clockCamera?: boolean
  camera?: { width: number; height: number }
  phone?: boolean
  locale?: string
}

/** A page of its own person: own cookies, own storage. */
export async function openPage(
  browser: Browser,
  { clockCamera = false, camera = { width: 1280, height: 720 }, phone = false, locale = 'zh-CN' }: PageOptions = {},
): Promise<{ page: Page; context: BrowserContext }> {
  const viewport = phone ? { width: 390, height: 844 } : { width: 1280, height: 800 }
  const touch = { isMobile: phone, hasTouch: phone }
  const context = await browser.newContext({ viewport, ...touch, locale, permissions: ['camera', 'microphone'] })
  if (clockCamera) await context.addInitScript(installClockCamera, camera)
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  return { page, context }
}

/** Bits of the clock in the picture: milliseconds since 1970, modulo 2^20. */
export const CLOCK_BITS = 20

/** Runs in the page: `getUserMedia` gives a canvas with `Date.now()` in black and white bars, and a tone. */
function installClockCamera({ width, height }: { width: number; height: number }) {
  const bits = 20
  const fps = 30
  const draw = (context: CanvasRenderingContext2D) => {
    const time = Date.now() % 2 ** bits
    context.fillStyle = '#334'
    context.fillRect(0, 0, width, height)
    for (let bit = 0; bit < bits; bit++) {
      context.fillStyle = time & (1 << bit) ? '#fff' : '#000'
      context.fillRect((bit * width) / bits, 0, width / bits, height / 2)
    }
    context.fillStyle = `hsl(${(time / 20) % 360} 60% 50%)`
    context.fillRect((time / 4) % width, (height * 3) / 4, 80, 80)
  }
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const stream = new MediaStream()
    if (constraints.video) {
      const canvas = Object.assign(document.createElement('canvas'), { width, height })
      const context = canvas.getContext('2d')!
      draw(context)
      const worker = new Worker(
        URL.createObjectURL(
          new Blob([`setInterval(() => postMessage(0), ${1000 / fps})`], { type: 'text/javascript' }),
        ),
      )
      worker.onmessage = () => draw(context)
      stream.addTrack(canvas.captureStream(fps).getVideoTracks()[0]!)
    }
    if (constraints.audio) {
      const audio = new AudioContext()
      const tone = audio.createOscillator()
      const output = audio.createMediaStreamDestination()
      tone.frequency.value = 440
      tone.connect(output)
      tone.start()
      stream.addTrack(output.stream.getAudioTracks()[0]!)
    }
    return stream
  }
}

/** Glass to glass, in milliseconds: the clock in each of so many pictures of this `<video>`, against the time it is shown. */
export function readLatencies(page: Page, selector: string, pictures: number): Promise<number[]> {
  return page.evaluate(
    async ([selector, pictures, bits]) => {
      const video = document.querySelector<HTMLVideoElement>(selector)!
      const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
      const context = canvas.getContext('2d', { willReadFrequently: true })!
      const latencies: number[] = []
      while (latencies.length < pictures) {
        const shownAt = await new Promise<number>((resolve) =>
          video.requestVideoFrameCallback((now) => resolve(performance.timeOrigin + now)),
        )
        context.drawImage(video, 0, 0, canvas.width, canvas.height)
        const row = context.getImageData(0, Math.floor(canvas.height / 4), canvas.width, 1).data
        let clock = 0
        for (let bit = 0; bit < bits; bit++) {
          const x = Math.floor(((bit + 0.5) * canvas.width) / bits)
          if (row[x * 4]! > 127) clock += 2 ** bit
        }
        const modulo = 2 ** bits
        const latency = (((Math.floor(shownAt) - clock) % modulo) + modulo) % modulo
        if (latency < 60_000) latencies.push(latency)
      }
      return latencies
    },
    [selector, pictures, CLOCK_BITS] as const,
  )
}

/** How loud an element plays, 0 to 1, over half a second. */
export function readLoudness(page: Page, selector: string): Promise<number> {
  return page.evaluate(async (selector) => {
    const elements = [...document.querySelectorAll<HTMLMediaElement>(selector)]
    const tracks = elements.flatMap((element) => (element.srcObject as MediaStream | null)?.getAudioTracks() ?? [])
    const audio = new AudioContext()
    const analyser = audio.createAnalyser()
    for (const track of tracks) audio.createMediaStreamSource(new MediaStream([track])).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    let loudest = 0
    for (let round = 0; round < 10; round++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      analyser.getFloatTimeDomainData(samples)
      loudest = Math.max(loudest, ...samples.map(Math.abs))
    }
    await audio.close()
    return loudest
  }, selector)
}

/** Resolves when this `<video>` shows a new picture. */
export const nextPicture = (page: Page, selector: string): Promise<void> =>
  page.evaluate(
    (selector) =>
      new Promise<void>((resolve) => {
        const look = () => {
          const video = document.querySelector<HTMLVideoElement>(selector)
          if (video) video.requestVideoFrameCallback(() => resolve())
          else setTimeout(look, 50)
        }
        look()
      }),
    selector,
  )

export function median(values: number[]): number {
  return percentile(values, 50)
}

export function percentile(values: number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))]!
}

/** How long it takes from a click that gives the floor until the one who gave it sees and hears the speaker. */
import type { Page } from 'playwright-core'

/** In milliseconds of the giver's page; `button` gives the floor. */
export const timePromotion = (
  page: Page,
  button: string,
  speakerId: string,
): Promise<{ seen: number; heard: number }> =>
  page.evaluate(
    async ([button, speakerId]) => {
      const found = async <E extends Element>(selector: string) => {
        for (;;) {
          const element = document.querySelector<E>(selector)
          if (element) return element
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      }
      const seeing = async () => {
        const video = await found<HTMLVideoElement>(`[data-testid=tile-${speakerId}] video`)
        await new Promise((resolve) => video.requestVideoFrameCallback(resolve))
        return performance.now()
      }
      const hearing = async () => {
        const audio = await found<HTMLAudioElement>(`audio[data-testid="audio-${speakerId}"]`)
        const context = new AudioContext()
        const analyser = context.createAnalyser()
        context.createMediaStreamSource(audio.srcObject as MediaStream).connect(analyser)
        const samples = new Float32Array(analyser.fftSize)
        do {
          await new Promise((resolve) => setTimeout(resolve, 5))
          analyser.getFloatTimeDomainData(samples)
        } while (Math.max(...samples.map(Math.abs)) < 0.005)
        const now = performance.now()
        await context.close()
        return now
      }
      const give = await found<HTMLButtonElement>(button)
      const began = performance.now()
      give.click()
      const [seen, heard] = await Promise.all([seeing(), hearing()])
      return { seen: Math.round(seen - began), heard: Math.round(heard - began) }
    },
    [button, speakerId] as const,
  )

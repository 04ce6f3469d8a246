/** The browser's media engine, woken ahead: the first connection of a page waits for it, and it takes its time. */

let warm: Promise<void> | undefined

/** Asks the browser once what it can play, as entering a room does, and forgets the answer. */
export const warmUp = (): Promise<void> => (warm ??= askOnce().catch(() => {}))

async function askOnce(): Promise<void> {
  const { Device } = await import('mediasoup-client')
  const device = await Device.factory()
  await device.load({ routerRtpCapabilities: {} })
}

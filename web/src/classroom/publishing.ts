/** What goes out: the send transport and one producer per source, published again whenever the server lost them. */
import type { Device, types as mediasoup } from 'mediasoup-client'
import { kindOf, type Source } from '../../../signaling/protocol/constants.ts'
import type { Transport as OfferedTransport } from '../../../signaling/protocol/media.ts'
import { Store } from '../store.ts'
import { keepConnected } from './keep-connected.ts'
import { cameraEncodings } from './layers.ts'
import type { Log } from './log.ts'
import type { Request } from './signaling-client.ts'

/** A source that is being published. `scores`: how well the server receives it, 0 to 10, one figure per layer. */
export type Publication = { producerId: string; paused: boolean; scores: readonly number[] }
export type Publications = Readonly<Partial<Record<Source, Publication>>>

type Options = {
  request: Request
  /** Whether what is paused is not sent at all, and goes on being seen and heard here: for those who stand by. */
  standsBy?: boolean
  log: Log
  /** The server closed a source: the floor was taken, or the peer muted. */
  onWithdrawn: (source: Source) => void
}

type Wanted = { track: MediaStreamTrack; paused: boolean }

export class Publishing {
  readonly publications = new Store<Publications>({})
  readonly state = new Store<mediasoup.ConnectionState>('new')
  readonly #options: Options
  readonly #wanted = new Map<Source, Wanted>()
  readonly #producers = new Map<Source, mediasoup.Producer>()
  #device: Device | null = null
  #iceServers: RTCIceServer[] = []
  #transport: mediasoup.Transport | null = null
  #generation = 0
  #turn: Promise<unknown> = Promise.resolve()
  #mend = () => {}

  constructor(options: Options) {
    this.#options = options
  }

  get transport(): mediasoup.Transport | null {
    return this.#transport
  }

  /** Which transport is meant: a new figure with every reset. One that was asked for under an earlier figure is dead. */
  get generation(): number {
    return this.#generation
  }

  producer(source: Source): mediasoup.Producer | undefined {
    return this.#producers.get(source)
  }

  /** Publishes through this device from now on. */
  use(device: Device, iceServers: RTCIceServer[]): void {
    this.#device = device
    this.#iceServers = iceServers
  }

  /** Takes a transport that was asked for ahead, under this generation. */
  open(offered: Promise<OfferedTransport>, generation: number): Promise<void> {
    return this.#inTurn(async () => {
      const transport = await offered
      if (!this.#transport && generation === this.#generation) this.#open(transport)
    })
  }

  /** Publishes this track, in place of an earlier one of the source. */
  publish(source: Source, track: MediaStreamTrack, paused = false): Promise<void> {
    this.#wanted.set(source, { track, paused })
    return this.#inTurn(() => this.#produce(source))
  }

  unpublish(source: Source): Promise<void> {
    this.#wanted.delete(source)
    return this.#inTurn(async () => {
      const producer = this.#producers.get(source)
      if (!producer) return
      this.#forget(source)
      await this.#closeOnServer(producer.id)
    })
  }

  setPaused(source: Source, paused: boolean): Promise<void> {
    const wanted = this.#wanted.get(source)
    if (wanted) wanted.paused = paused
    return this.#inTurn(async () => {
      const producer = this.#producers.get(source)
      if (producer && producer.paused !== paused) await this.#tellPaused(source, producer, paused)
    })
  }

  /** Lets the server pass this on from the moment it is sent; it is not sent yet. */
  async allow(source: Source): Promise<void> {
    const producer = this.#producers.get(source)
    if (producer) await this.#options.request('resumeProducer', { producerId: producer.id })
  }

  scored(producerId: string, scores: readonly number[]): void {
    const source = this.#sourceOf(producerId)
    if (source) this.#change(source, { scores })
  }

  /** Sends no layers above this one, which nobody receives now. */
  limitLayers(producerId: string, spatialLayer: number): void {
    const source = this.#sourceOf(producerId)
    if (source)
      void this.#producers
        .get(source)!
        .setMaxSpatialLayer(spatialLayer)
        .catch(() => {})
  }

  withdrawn(producerId: string): void {
    const source = this.#sourceOf(producerId)
    if (!source) return
    this.#wanted.delete(source)
    this.#forget(source)
    this.#options.onWithdrawn(source)
  }

  /** After a socket was replaced: publishes again what no longer stands, says again what may have been lost. */
  async keepOnly(producerIds: readonly string[]): Promise<void> {
    for (const [source, producer] of this.#producers) if (!producerIds.includes(producer.id)) this.#forget(source)
    this.#mend()
    // The answer to `produce`, or the word that it is over, was lost with the socket.
    const stray = producerIds.filter((producerId) => !this.#sourceOf(producerId))
    await Promise.all([
      ...stray.map((producerId) => this.#inTurn(() => this.#closeOnServer(producerId))),
      ...[...this.#wanted.keys()].map((source) => this.#inTurn(() => this.#keep(source))),
    ])
  }

  /** Throws the transport away; what was published is remembered. */
  reset(): void {
    this.#generation += 1
    for (const source of [...this.#producers.keys()]) this.#forget(source)
    this.#transport?.close()
    this.#transport = null
    this.state.set('new')
  }

  /** Opens everything anew. */
  async republish(): Promise<void> {
    this.reset()
    await this.publishWanted()
  }

  /** Publishes what is wanted and not published yet. */
  async publishWanted(): Promise<void> {
    await Promise.all([...this.#wanted.keys()].map((source) => this.#inTurn(() => this.#produce(source))))
  }

  /** The transport of the moment; one that a reset overtook on its way is asked for anew. */
  async #opened(): Promise<mediasoup.Transport> {
    while (!this.#transport) {
      const generation = this.#generation
      const offered = await this.#options.request('createTransport', { direction: 'send' })
      if (generation === this.#generation) this.#open(offered)
    }
    return this.#transport
  }

  #open(offered: OfferedTransport): void {
    if (!this.#device) throw new Error('the device is not loaded')
    const { request, log } = this.#options
    const options = { ...(offered as mediasoup.TransportOptions), iceServers: this.#iceServers }
    const transport = this.#device.createSendTransport(options)
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      request('connectTransport', { transportId: transport.id, dtlsParameters }).then(done, failed)
    })
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const { source } = appData as { source: Source }
      const paused = this.#wanted.get(source)?.paused === true
      const data = { transportId: transport.id, source, kind, rtpParameters, ...(paused && { paused }) } as Parameters<
        typeof request<'produce'>
      >[1]
      request('produce', data).then(({ producerId }) => done({ id: producerId }), failed)
    })
    const rebuild = () => void this.republish().catch(() => {})
    this.#mend = keepConnected(transport, { request, log, rebuild, onState: (state) => this.state.set(state) })
    this.#transport = transport
  }

  async #produce(source: Source) {
    const wanted = this.#wanted.get(source)
    if (!wanted || !this.#device) return
    const standing = this.#producers.get(source)
    if (standing) return standing.replaceTrack({ track: wanted.track })
    const transport = await this.#opened()
    const producer = await transport.produce({ ...this.#settingsFor(source, wanted.track), appData: { source } })
    if (transport !== this.#transport) return producer.close()
    this.#producers.set(source, producer)
    this.#options.log.info('publishing', { source })
    this.#change(source, { producerId: producer.id, paused: false, scores: [] })
    await preferMotion(producer, source)
    if (wanted.paused) await this.#tellPaused(source, producer, true)
  }

  async #closeOnServer(producerId: string) {
    await this.#options.request('closeProducer', { producerId })
  }

  async #keep(source: Source) {
    const standing = this.#producers.get(source)
    await this.#produce(source)
    const wanted = this.#wanted.get(source)
    if (standing && wanted) await this.#tellPaused(source, standing, wanted.paused)
  }

  async #tellPaused(source: Source, producer: mediasoup.Producer, paused: boolean) {
    if (paused) producer.pause()
    else producer.resume()
    this.#change(source, { paused })
    await this.#options.request(paused ? 'pauseProducer' : 'resumeProducer', { producerId: producer.id })
  }

  #settingsFor(source: Source, track: MediaStreamTrack): mediasoup.ProducerOptions {
    const { standsBy = false } = this.#options
    const shared = { track, stopTracks: false, disableTrackOnPause: !standsBy, zeroRtpOnPause: standsBy }
    if (source === 'microphone') return { ...shared, codecOptions: { opusDtx: true, opusFec: true } }
    if (source === 'screenAudio') return { ...shared, codecOptions: { opusStereo: true, opusFec: true } }
    const h264 = this.#device!.sendRtpCapabilities.codecs?.find(({ mimeType }) => /^video\/h264$/i.test(mimeType))
    const encodings =
      source === 'screen' ? [{ maxBitrate: 2_500_000 }] : [...cameraEncodings(track.getSettings().height ?? 720)]
    return { ...shared, encodings, codecOptions: { videoGoogleStartBitrate: 1000 }, ...(h264 ? { codec: h264 } : {}) }
  }

  #sourceOf(producerId: string): Source | undefined {
    for (const [source, producer] of this.#producers) if (producer.id === producerId) return source
    return undefined
  }

  #forget(source: Source) {
    this.#producers.get(source)?.close()
    this.#producers.delete(source)
    const { [source]: _, ...others } = this.publications.get()
    this.publications.set(others)
  }

  #change(source: Source, change: Partial<Publication>) {
    const earlier = this.publications.get()[source] ?? { producerId: '', paused: false, scores: [] }
    this.publications.set({ ...this.publications.get(), [source]: { ...earlier, ...change } })
  }

  #inTurn(step: () => Promise<void> | undefined): Promise<void> {
    const result = this.#turn.then(step)
    this.#turn = result.catch((error) => this.#options.log.info('could not publish', { error: String(error) }))
    return result
  }
}

/** A face may blur but must not freeze; text on a screen the other way round. */
async function preferMotion({ rtpSender, kind }: mediasoup.Producer, source: Source) {
  if (!rtpSender || kind === 'audio' || kindOf[source] === 'audio') return
  const parameters = rtpSender.getParameters() as RTCRtpSendParameters & { degradationPreference?: string }
  parameters.degradationPreference = source === 'screen' ? 'maintain-resolution' : 'maintain-framerate'
  await rtpSender.setParameters(parameters).catch(() => {})
}

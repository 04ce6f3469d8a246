/** What comes in: the receive transport, a picture per camera and screen, a voice per microphone. */
import type { Device, types as mediasoup } from 'mediasoup-client'
import type { Source } from '../../../signaling/protocol/constants.ts'
import type { Consumer as OfferedConsumer, Transport as OfferedTransport } from '../../../signaling/protocol/media.ts'
import { Store } from '../store.ts'
import { keepConnected } from './keep-connected.ts'
import { type Quality, wantedLayer } from './layers.ts'
import type { Log } from './log.ts'
import { isAway, type Request } from './signaling-client.ts'
import type { Speakers } from './speakers.ts'

export type Picture = {
  consumerId: string
  peerId: string
  source: Source
  track: MediaStreamTrack
  /** The sender paused it. */
  paused: boolean
  spatialLayers: number
  /** The layer now sent; null where the network does not carry even the lowest. */
  layer: number | null | undefined
}

export type Voice = { consumerId: string; peerId: string; source: Source; paused: boolean }

/** Offers that come within this time are taken together. */
const GATHER_MS = 5

type Options = { request: Request; speakers: Speakers; log: Log; reopen: () => void }

const isVideo = (source: Source) => source === 'camera' || source === 'screen'

export class Receiving {
  readonly pictures = new Store<readonly Picture[]>([])
  readonly voices = new Store<readonly Voice[]>([])
  readonly quality = new Store<Quality>('auto')
  readonly #options: Options
  readonly #consumers = new Map<string, mediasoup.Consumer>()
  readonly #heights = new Map<string, number>()
  readonly #asked = new Map<string, number>()
  /** Offers on their way to a consumer. */
  readonly #arriving = new Map<string, OfferedConsumer>()
  #gathering: Promise<void> | null = null
  #transport: mediasoup.Transport | null = null
  #generation = 0
  #mend = () => {}
  #hidden = false

  constructor(options: Options) {
    this.#options = options
  }

  get transport(): mediasoup.Transport | null {
    return this.#transport
  }

  /** Whether anything is to come in now. */
  get expects(): boolean {
    const comes = ({ paused }: { paused: boolean }) => !paused
    return this.voices.get().some(comes) || (!this.#hidden && this.pictures.get().some(comes))
  }

  /** Which transport is meant: a new figure with every reset. One that was asked for under an earlier figure is dead. */
  get generation(): number {
    return this.#generation
  }

  /** Receives through this transport, in place of an earlier one. */
  open(device: Device, offered: OfferedTransport, iceServers: RTCIceServer[]): void {
    this.reset()
    const { request, log, reopen } = this.#options
    const transport = device.createRecvTransport({ ...(offered as mediasoup.TransportOptions), iceServers })
    transport.on('connect', ({ dtlsParameters }, done) => {
      // The handshake need not wait for the answer: the server has read this before the first packet can come.
      done()
      request('connectTransport', { transportId: transport.id, dtlsParameters }).catch((error) => {
        if (this.#transport !== transport) return
        if (isAway(error)) this.reset()
        else reopen()
      })
    })
    this.#mend = keepConnected(transport, { request, log, rebuild: reopen })
    this.#transport = transport
  }

  /** Offers come after the transport that they are for; one that finds none is for a transport of the past. */
  async add(offer: OfferedConsumer): Promise<void> {
    if (!this.#transport) return
    const { request } = this.#options
    const { id, source } = offer
    for (const earlier of [...this.#consumers.values(), ...this.#arriving.values()])
      if (earlier.producerId === offer.producerId) this.remove(earlier.id)
    const consumer = await this.#consume(this.#transport, offer)
    if (!consumer) return
    this.#show(offer.id, consumer)
    try {
      await request('resumeConsumer', { consumerId: id })
      if (this.#hidden && isVideo(source)) await request('pauseConsumer', { consumerId: id })
    } catch (error) {
      // With the socket gone nobody knows whether the server heard: `keepOnly` or `reset` finds out.
      if (!isAway(error)) this.remove(id)
      throw error
    }
  }

  remove(consumerId: string): void {
    this.#arriving.delete(consumerId)
    this.#consumers.get(consumerId)?.close()
    this.#consumers.delete(consumerId)
    this.#heights.delete(consumerId)
    this.#asked.delete(consumerId)
    this.#options.speakers.remove(consumerId)
    const others = <T extends { consumerId: string }>(list: readonly T[]) =>
      list.some((item) => item.consumerId === consumerId) ? list.filter((item) => item.consumerId !== consumerId) : list
    this.pictures.set(others(this.pictures.get()))
    this.voices.set(others(this.voices.get()))
  }

  setPaused(consumerId: string, paused: boolean): void {
    const arriving = this.#arriving.get(consumerId)
    if (arriving) this.#arriving.set(consumerId, { ...arriving, producerPaused: paused })
    this.#changePicture(consumerId, { paused })
    this.voices.set(this.voices.get().map((voice) => (voice.consumerId === consumerId ? { ...voice, paused } : voice)))
  }

  setLayer(consumerId: string, layer: number | null): void {
    this.#changePicture(consumerId, { layer })
  }

  /** Says how high, in CSS pixels, a picture is shown. */
  showAt(consumerId: string, heightPx: number): void {
    this.#heights.set(consumerId, heightPx)
    this.#askLayer(consumerId)
  }

  setQuality(quality: Quality): void {
    this.quality.set(quality)
    for (const consumerId of this.#heights.keys()) this.#askLayer(consumerId)
  }

  /** Pictures nobody looks at are not sent; the sound goes on. */
  setHidden(hidden: boolean): void {
    if (hidden === this.#hidden) return
    this.#hidden = hidden
    for (const { consumerId } of this.pictures.get()) this.#tellPaused(consumerId, hidden)
  }

  /** After a socket was replaced: drops what no longer stands, says again what may have been lost, mends what broke. */
  keepOnly(standing: readonly { consumerId: string; producerPaused: boolean }[]): void {
    for (const consumerId of [...this.#consumers.keys(), ...this.#arriving.keys()])
      if (!standing.some((consumer) => consumer.consumerId === consumerId)) this.remove(consumerId)
    for (const { consumerId, producerPaused } of standing) this.setPaused(consumerId, producerPaused)
    for (const { consumerId } of this.pictures.get()) this.#tellPaused(consumerId, this.#hidden)
    for (const { consumerId } of this.voices.get()) this.#tellPaused(consumerId, false)
    this.#mend()
  }

  /** Throws the transport and all that came through it away. */
  reset(): void {
    this.#generation += 1
    this.#arriving.clear()
    for (const consumerId of [...this.#consumers.keys()]) this.remove(consumerId)
    this.#transport?.close()
    this.#transport = null
  }

  /** Null where the consumer was closed, or its transport, before it came to be. */
  async #consume(transport: mediasoup.Transport, offer: OfferedConsumer): Promise<mediasoup.Consumer | null> {
    const { id, producerId, peerId, source, kind } = offer
    const rtpParameters = offer.rtpParameters as mediasoup.RtpParameters
    // One stream per peer and kind of scene: the browser keeps lips and voice together within a stream.
    const streamId = `${peerId}-${source === 'screen' || source === 'screenAudio' ? 'screen' : 'camera'}`
    this.#arriving.set(id, offer)
    try {
      await this.#others()
      const consumer = await transport.consume({ id, producerId, kind, rtpParameters, streamId })
      if (this.#arriving.has(id)) return consumer
      consumer.close()
      return null
    } catch (error) {
      if (!this.#arriving.delete(id)) return null
      throw error
    }
  }

  /** Sound and picture are offered in one breath: taken together they cost one negotiation with the browser, not two. */
  #others(): Promise<void> {
    this.#gathering ??= new Promise((resolve) => {
      setTimeout(() => {
        this.#gathering = null
        resolve()
      }, GATHER_MS)
    })
    return this.#gathering
  }

  #show(id: string, consumer: mediasoup.Consumer) {
    const { peerId, source, producerPaused: paused, spatialLayers } = this.#arriving.get(id)!
    this.#arriving.delete(id)
    this.#consumers.set(id, consumer)
    this.#options.log.info('receiving', { source, peerId })
    if (isVideo(source)) {
      const picture = { consumerId: id, peerId, source, track: consumer.track, paused, spatialLayers, layer: undefined }
      this.pictures.set([...this.pictures.get(), picture])
    } else {
      this.#options.speakers.add(id, peerId, consumer.track)
      this.voices.set([...this.voices.get(), { consumerId: id, peerId, source, paused }])
    }
  }

  #tellPaused(consumerId: string, paused: boolean) {
    this.#options.request(paused ? 'pauseConsumer' : 'resumeConsumer', { consumerId }).catch(() => {})
  }

  #changePicture(consumerId: string, change: Partial<Picture>) {
    const pictures = this.pictures.get()
    const place = pictures.findIndex((picture) => picture.consumerId === consumerId)
    if (place >= 0) this.pictures.set(pictures.with(place, { ...pictures[place]!, ...change }))
  }

  #askLayer(consumerId: string) {
    const picture = this.pictures.get().find((shown) => shown.consumerId === consumerId)
    const heightPx = this.#heights.get(consumerId)
    if (!picture || picture.spatialLayers < 2 || !heightPx) return
    const quality = picture.source === 'camera' ? this.quality.get() : 'auto'
    const spatialLayer = wantedLayer(quality, heightPx, globalThis.devicePixelRatio ?? 1, picture.spatialLayers)
    if (this.#asked.get(consumerId) === spatialLayer) return
    this.#asked.set(consumerId, spatialLayer)
    this.#options.request('setPreferredLayers', { consumerId, layers: { spatialLayer } }).catch(() => {
      this.#asked.delete(consumerId)
    })
  }
}

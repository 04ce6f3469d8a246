/** What comes in: the receive transport, a picture per camera and screen, a voice per microphone. */
import type { Device, types as mediasoup } from 'mediasoup-client'
import type { Source } from '../../../signaling/protocol/constants.ts'
import type { Consumer as OfferedConsumer, Transport as OfferedTransport } from '../../../signaling/protocol/media.ts'
import { Store } from '../store.ts'
import { keepConnected } from './keep-connected.ts'
import { type Quality, wantedLayer } from './layers.ts'
import type { Log } from './log.ts'
import type { Request } from './signaling-client.ts'
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
  #transport: mediasoup.Transport | null = null
  #opened = Promise.withResolvers<mediasoup.Transport>()
  #mend = () => {}
  #hidden = false

  constructor(options: Options) {
    this.#options = options
  }

  get transport(): mediasoup.Transport | null {
    return this.#transport
  }

  open(device: Device, offered: OfferedTransport, iceServers: RTCIceServer[]): void {
    const { request, log, reopen } = this.#options
    const transport = device.createRecvTransport({ ...(offered as mediasoup.TransportOptions), iceServers })
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      request('connectTransport', { transportId: transport.id, dtlsParameters }).then(done, failed)
    })
    this.#mend = keepConnected(transport, { request, log, rebuild: reopen })
    this.#transport = transport
    this.#opened.resolve(transport)
  }

  async add(offer: OfferedConsumer): Promise<void> {
    const { request, speakers, log } = this.#options
    const transport = await this.#opened.promise
    const { id, producerId, peerId, source, kind, spatialLayers } = offer
    for (const [consumerId, consumer] of this.#consumers)
      if (consumer.producerId === producerId) this.remove(consumerId)
    const rtpParameters = offer.rtpParameters as mediasoup.RtpParameters
    // One stream per peer and kind of scene: the browser keeps lips and voice together within a stream.
    const streamId = `${peerId}-${source === 'screen' || source === 'screenAudio' ? 'screen' : 'camera'}`
    const consumer = await transport.consume({ id, producerId, kind, rtpParameters, streamId })
    this.#consumers.set(id, consumer)
    log.info('receiving', { source, peerId })
    if (isVideo(source)) {
      const picture = { consumerId: id, peerId, source, track: consumer.track, paused: offer.producerPaused }
      this.pictures.set([...this.pictures.get(), { ...picture, spatialLayers, layer: undefined }])
    } else {
      speakers.add(id, peerId, consumer.track)
      this.voices.set([...this.voices.get(), { consumerId: id, peerId, source, paused: offer.producerPaused }])
    }
    await request('resumeConsumer', { consumerId: id })
    if (this.#hidden && isVideo(source)) await request('pauseConsumer', { consumerId: id })
  }

  remove(consumerId: string): void {
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
    for (const consumerId of [...this.#consumers.keys()])
      if (!standing.some((consumer) => consumer.consumerId === consumerId)) this.remove(consumerId)
    for (const { consumerId, producerPaused } of standing) this.setPaused(consumerId, producerPaused)
    for (const { consumerId } of this.pictures.get()) this.#tellPaused(consumerId, this.#hidden)
    for (const { consumerId } of this.voices.get()) this.#tellPaused(consumerId, false)
    this.#mend()
  }

  /** Throws the transport and all that came through it away. */
  reset(): void {
    for (const consumerId of [...this.#consumers.keys()]) this.remove(consumerId)
    if (!this.#transport) return
    this.#transport.close()
    this.#transport = null
    this.#opened = Promise.withResolvers()
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

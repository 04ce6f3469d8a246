/** Which simulcast layers of the room's pictures anybody receives: their senders are told, and send no others (dynacast). */
import type { types as mediasoup } from 'mediasoup'

/** Viewers who change their windows, or come back after a moment, find the layer still there. */
const LOWER_AFTER_MS = 5000
/** Many changes of one moment are one. */
const RAISE_AFTER_MS = 50
/** The two lowest are always sent: who comes finds a picture at once, and Safari stops all when only the lowest is left. */
const ALWAYS = 1

type Picture = {
  top: number
  told: number
  watchers: Set<mediasoup.Consumer>
  /** Something records or broadcasts it as it is. */
  whole: boolean
  timer: NodeJS.Timeout | undefined
  wait: number
}

export type WantedLayersOptions = { lowerAfterMs?: number }

export class WantedLayers {
  private readonly pictures = new Map<string, Picture>()
  private readonly tell: (producerId: string, spatialLayer: number) => void
  private readonly lowerAfterMs: number

  /** `tell` hears the highest layer that is wanted of a producer, whenever it changes. */
  constructor(tell: (producerId: string, spatialLayer: number) => void, { lowerAfterMs }: WantedLayersOptions = {}) {
    this.tell = tell
    this.lowerAfterMs = lowerAfterMs ?? LOWER_AFTER_MS
  }

  /** Follows a producer of several layers until it closes. */
  add(producer: mediasoup.Producer): void {
    const top = (producer.rtpParameters.encodings?.length ?? 1) - 1
    if (producer.kind !== 'video' || top <= ALWAYS) return
    const picture: Picture = { top, told: top, watchers: new Set(), whole: false, timer: undefined, wait: 0 }
    this.pictures.set(producer.id, picture)
    producer.observer.on('close', () => {
      this.leave(picture)
      this.pictures.delete(producer.id)
    })
    this.look(producer.id)
  }

  /** Counts a consumer of this producer until it closes; it wants all layers until it says otherwise. */
  watch(consumer: mediasoup.Consumer, producerId = consumer.producerId): void {
    const picture = this.pictures.get(producerId)
    if (!picture) return
    picture.watchers.add(consumer)
    consumer.observer.on('close', () => {
      picture.watchers.delete(consumer)
      this.look(producerId)
    })
    for (const event of ['pause', 'resume'] as const) consumer.observer.on(event, () => this.look(producerId))
    this.look(producerId)
  }

  /** All layers of this producer are wanted, or only what is watched. */
  setWhole(producerId: string, whole: boolean): void {
    const picture = this.pictures.get(producerId)
    if (!picture) return
    picture.whole = whole
    this.look(producerId)
  }

  /** After somebody's wish has changed. */
  look(producerId: string): void {
    const picture = this.pictures.get(producerId)
    if (!picture) return
    const wanted = wantedOf(picture)
    if (wanted === picture.told) {
      this.leave(picture)
      return
    }
    // One that is due sooner will see this wish, too.
    const wait = wanted > picture.told ? RAISE_AFTER_MS : this.lowerAfterMs
    if (picture.timer && picture.wait <= wait) return
    clearTimeout(picture.timer)
    picture.wait = wait
    picture.timer = setTimeout(() => {
      picture.timer = undefined
      const wanted = wantedOf(picture)
      if (wanted === picture.told) return
      picture.told = wanted
      this.tell(producerId, wanted)
    }, wait).unref()
  }

  private leave(picture: Picture): void {
    clearTimeout(picture.timer)
    picture.timer = undefined
  }
}

function wantedOf({ top, watchers, whole }: Picture): number {
  if (whole) return top
  const wishes = [...watchers]
    .filter(({ paused }) => !paused)
    .map(({ preferredLayers }) => preferredLayers?.spatialLayer ?? top)
  return Math.min(top, Math.max(ALWAYS, ...wishes))
}

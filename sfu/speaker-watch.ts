/** Who speaks loudest in a room: the dominant speaker while there is sound, nobody in silence. */
import type { types as mediasoup } from 'mediasoup'

const AUDIBLE_DBVO = -50
const INTERVAL_MS = 400

export class SpeakerWatch {
  private readonly speakers: mediasoup.ActiveSpeakerObserver
  private readonly levels: mediasoup.AudioLevelObserver
  private readonly peers = new Map<string, string>()
  private readonly changed: (peerId: string | null) => void
  private dominant: string | null = null
  private told: string | null = null
  private silent = true

  static async start(router: mediasoup.Router, changed: (peerId: string | null) => void): Promise<SpeakerWatch> {
    const [speakers, levels] = await Promise.all([
      router.createActiveSpeakerObserver({ interval: INTERVAL_MS }),
      router.createAudioLevelObserver({ interval: INTERVAL_MS, threshold: AUDIBLE_DBVO, maxEntries: 1 }),
    ])
    return new SpeakerWatch(speakers, levels, changed)
  }

  private constructor(
    speakers: mediasoup.ActiveSpeakerObserver,
    levels: mediasoup.AudioLevelObserver,
    changed: (peerId: string | null) => void,
  ) {
    this.speakers = speakers
    this.levels = levels
    this.changed = changed
    speakers.on('dominantspeaker', ({ producer }) => {
      // In silence mediasoup names just anyone, and keeps to the last speaker until another has outdone it.
      if (this.silent) return
      this.dominant = this.peers.get(producer.id) ?? null
      this.tell()
    })
    levels.on('volumes', ([loudest]) => {
      this.silent = false
      this.dominant ??= (loudest && this.peers.get(loudest.producer.id)) ?? null
      this.tell()
    })
    levels.on('silence', () => {
      this.silent = true
      this.dominant = null
      this.tell()
    })
  }

  /** Listens to this producer until it closes. */
  add(producer: mediasoup.Producer, peerId: string): void {
    this.peers.set(producer.id, peerId)
    producer.observer.on('close', () => {
      this.peers.delete(producer.id)
      if (this.dominant === peerId) this.dominant = null
      this.tell()
    })
    for (const observer of [this.speakers, this.levels])
      observer.addProducer({ producerId: producer.id }).catch(() => this.peers.delete(producer.id))
  }

  private tell(): void {
    const speaker = this.silent ? null : this.dominant
    if (speaker === this.told) return
    this.told = speaker
    this.changed(speaker)
  }
}

/** How a class gets onto the screen: over WebRTC on a seat, or by its broadcast; from the one to the other without a break. */
import type { Tier } from '../../../signaling/protocol/media.ts'
import { type BroadcastPlayer, type BroadcastView, closedBroadcast, type OpenAt } from '../player/broadcast-player.ts'
import { loadLibrary } from '../player/live-stream.ts'
import { Screen } from '../player/screen.ts'
import { serverClock } from '../server-clock.ts'
import { Store } from '../store.ts'
import type { Log } from './log.ts'
import type { Receiving } from './receiving.ts'
import { countersOf, hasCome, Reception, receptionPolicy, Stalling } from './reception.ts'
import type { RoomView } from './room-state.ts'
import type { Request } from './signaling-client.ts'
import type { Speakers } from './speakers.ts'
import { every } from './stats.ts'
import { firstTiers, nextTiers, type Sign } from './tiers.ts'

const LOOK_MS = 200
/** Who speaks keeps the seat for this long without a network: to move down gives the floor back. */
const FLOOR_PATIENCE_MS = 12_000

type Options = {
  request: Request
  receiving: Receiving
  speakers: Speakers
  room: Store<RoomView>
  /** Null where only a seat will do. */
  player: BroadcastPlayer | null
  log: Log
  /** Opens the transport of a seat that was given. */
  openSeat: () => Promise<void>
}

export class Viewing {
  readonly tiers = new Store(firstTiers)
  readonly screen = new Screen()
  /** Whether the class can be watched as a broadcast, and so be rewound. */
  readonly broadcast = new Store(false)
  readonly player: BroadcastPlayer | null
  /** What the player says; closed where there is none. */
  readonly film: Store<BroadcastView>
  readonly #options: Options
  #reception = new Reception()
  readonly #stalling = new Stalling()
  #transport: unknown = null
  readonly #stops: (() => void)[] = []
  #picture: MediaStreamTrack | null = null
  #openAt: OpenAt = {}
  #inside = false
  /** Whether the server keeps a seat for us. */
  #seat = true
  #settling = false
  #lostSince: number | null = null
  #weakSince: number | null = null
  /** It played before it was covered. */
  #uncovering = false
  #fetched: Promise<unknown> | null = null

  constructor(options: Options) {
    this.#options = options
    this.player = options.player
    this.film = options.player?.view ?? new Store(closedBroadcast)
  }

  start(): void {
    if (!this.player) return
    const changed = () => this.#sign({ type: 'networkChanged' })
    globalThis.addEventListener?.('online', changed)
    this.#stops.push(
      every(LOOK_MS, () => this.#look()),
      this.player.view.subscribe(() => this.#noticePlayer()),
      this.#options.room.subscribe(() => this.#sync()),
      () => globalThis.removeEventListener?.('online', changed),
    )
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop()
    this.player?.close()
  }

  /** What to ask the room for when coming in. */
  get wish(): Tier {
    return this.#wantsSeat ? 'interactive' : 'broadcast'
  }

  get seat(): boolean {
    return this.#seat
  }

  /** One has a place in the room, of this tier. */
  entered({ tier, broadcast }: { tier: Tier; broadcast: boolean }): void {
    this.#inside = true
    this.#seat = tier === 'interactive'
    this.broadcast.set(broadcast && this.player !== null)
    if (!this.#seat && this.#wantsSeat) this.#sign({ type: 'full' })
    this.#sync()
  }

  /** One is out of the room. */
  left(): void {
    this.#inside = false
    this.screen.hold()
    this.#sync()
  }

  /** The server gave a seat unasked: the floor comes with it. */
  seated(): void {
    this.#seat = true
    this.#sign({ type: 'seated' })
    void this.#options.openSeat()
  }

  attach(video: HTMLVideoElement, canvas: HTMLCanvasElement): () => void {
    this.screen.attach(video, canvas)
    this.#sync()
    return () => {
      this.player?.close()
      this.#options.speakers.hearFrom(null)
      this.screen.detach()
    }
  }

  /** The picture that a seat would show now. */
  setPicture(track: MediaStreamTrack | null): void {
    this.#picture = track
    this.#sync()
  }

  /** To a place in the media time of the class. */
  seek(toMs: number): void {
    this.#goBack({ atMs: Math.max(0, toMs) }, (player) => player.seek(toMs))
  }

  skip(byMs: number): void {
    this.seek(this.positionMs + byMs)
  }

  toLive(): void {
    this.player?.toLive()
  }

  pause(): void {
    this.#goBack({ atMs: this.positionMs, playing: false }, (player) => player.pause())
  }

  play(): void {
    this.player?.play()
  }

  /** Nothing is seen or heard while the viewer's mark is hidden. */
  cover(covered: boolean): void {
    const { video } = this.screen
    if (!video) return
    this.#options.speakers.hush(covered)
    this.#uncovering ||= covered && !video.paused
    if (covered) video.pause()
    else if (this.#uncovering) video.play().catch(() => {})
    if (!covered) this.#uncovering = false
  }

  get positionMs(): number {
    const view = this.player?.view.get()
    if (view?.phase === 'ready' && view.edgeMs > 0) return view.positionMs
    return this.#options.room.get().startedAt === null ? 0 : serverClock.now() - this.#options.room.get().startedAt!
  }

  #goBack(openAt: OpenAt, move: (player: BroadcastPlayer) => void) {
    const { player } = this
    if (!player || !this.broadcast.get()) return
    this.#openAt = openAt
    const open = player.view.get().phase !== 'closed'
    if (open) move(player)
    if (!open || !player.view.get().following) this.#sign({ type: 'rewound' })
  }

  get #wantsSeat(): boolean {
    const { shown, wanted } = this.tiers.get()
    return wanted === 'interactive' || (shown === 'interactive' && this.#seat)
  }

  get #isOn(): boolean {
    const { status } = this.#options.room.get()
    return this.#inside && (status === 'live' || status === 'paused')
  }

  #sign(sign: Sign) {
    const before = this.tiers.get()
    const after = nextTiers(before, sign, Date.now())
    if (after === before) return
    if (after.wanted !== before.wanted || after.shown !== before.shown)
      this.#options.log.info('tiers', { sign: sign.type, ...after })
    this.tiers.set(after)
    this.#sync()
  }

  /** Has all be as the tiers say: each of both is kept for as long as it is shown or wanted. */
  #sync() {
    const { video } = this.screen
    const { shown, wanted, rewound } = this.tiers.get()
    const films = shown === 'broadcast' || wanted === 'broadcast'
    this.#play(films && this.#isOn && this.broadcast.get())
    const broadcasting = this.player !== null && this.player.view.get().phase !== 'closed'
    this.screen.show(broadcasting || shown === 'broadcast' ? null : this.#picture)
    this.#options.speakers.hearFrom(broadcasting && (rewound || shown === 'broadcast') ? video : null)
    if (this.#inside) void this.#settleSeat()
  }

  #play(wanted: boolean) {
    const { player } = this
    const { video } = this.screen
    if (!player || !video || wanted === (player.view.get().phase !== 'closed')) return
    this.screen.freeze()
    if (!wanted) return player.close()
    this.screen.show(null)
    player.open(video, { ...this.#openAt, weak: this.tiers.get().reason === 'bandwidth' })
    this.#openAt = {}
  }

  /** The server keeps a seat for whoever wants one, and gives it to others otherwise. */
  async #settleSeat(): Promise<void> {
    const wanted = this.#wantsSeat
    if (wanted === this.#seat || this.#settling) return
    this.#settling = true
    const { request, receiving, openSeat, log } = this.#options
    try {
      if (!wanted) receiving.reset()
      const { tier } = await request('changeTier', { tier: wanted ? 'interactive' : 'broadcast' })
      this.#seat = tier === 'interactive'
      if (wanted && this.#seat) await openSeat()
      if (wanted && !this.#seat) this.#sign({ type: 'full' })
    } catch (error) {
      // Whoever comes back in says again what they wish for.
      log.info('the tier could not be changed', { error: String(error) })
    } finally {
      this.#settling = false
    }
    if (this.#wantsSeat !== wanted) void this.#settleSeat()
  }

  #noticePlayer() {
    const { phase, moving, following } = this.player!.view.get()
    const { shown, wanted, rewound } = this.tiers.get()
    if (phase !== 'ready') return
    if (rewound && following) this.#sign({ type: 'live' })
    if (moving && wanted === 'broadcast' && shown === 'interactive') this.#sign({ type: 'shown' })
  }

  async #look(): Promise<void> {
    if (!this.broadcast.get() || !this.#isOn) return
    this.#sign({ type: 'tick' })
    const { transport } = this.#options.receiving
    if (!transport) return
    const report = await transport.getStats()
    if (transport !== this.#options.receiving.transport) return
    if (transport !== this.#transport) this.#reception = new Reception()
    this.#transport = transport
    const { shown, wanted } = this.tiers.get()
    if (shown === 'interactive') this.#judge(report)
    else if (wanted === 'interactive' && this.#hasArrived(report)) this.#sign({ type: 'shown' })
  }

  /** Whether the seat still carries the class. */
  #judge(report: RTCStatsReport) {
    const now = Date.now()
    const { receiving, room } = this.#options
    const lost = this.#reception.isLost(countersOf(report), receiving.expects, now)
    this.#lostSince = lost ? (this.#lostSince ?? now) : null
    const { self, floor } = room.get()
    const speaks = floor.some(({ peerId }) => peerId === self?.peerId)
    if (this.#lostSince !== null && now - this.#lostSince >= (speaks ? FLOOR_PATIENCE_MS : 0))
      this.#sign({ type: 'network' })
    if (!lost) {
      this.#sign({ type: 'carried' })
      // The player's code is fetched while the network is good for it.
      if (receiving.expects) this.#fetchPlayer()
    }
    const weak = receiving.pictures.get().some(({ layer, paused }) => layer === null && !paused)
    this.#weakSince = weak ? (this.#weakSince ?? now) : null
    const visible = globalThis.document?.visibilityState !== 'hidden'
    const stalled = this.#stalling.isStalled(report, this.#picture?.id, visible, now)
    const long = this.#weakSince !== null && now - this.#weakSince >= receptionPolicy.weakMs
    if ((long || stalled) && !speaks) this.#sign({ type: 'bandwidth' })
  }

  #fetchPlayer() {
    this.#fetched ??= loadLibrary().catch(() => (this.#fetched = null))
  }

  /** A seat shows the class once its picture has come, or, where there is none, once its sound comes. */
  #hasArrived(report: RTCStatsReport): boolean {
    const { pictures, voices } = this.#options.receiving
    const comes = ({ paused }: { paused: boolean }) => !paused
    const moving = pictures.get().filter(comes)
    if (moving.some(({ layer }) => layer === null)) return false
    if (moving.length > 0) return moving.some(({ track }) => hasCome(report, track.id))
    return voices.get().some(comes) && (countersOf(report)?.bytes ?? 0) > 0
  }
}

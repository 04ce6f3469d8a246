/** The planner: what an audience needs in bandwidth, cores, machines and storage. Pure arithmetic, for server and page. */

export type Audience = {
  /** Classes at the same time. */
  classes: number
  /** Viewers of each class in interactive seats, over WebRTC. */
  seats: number
  /** Viewers of each class on the broadcast, over HLS. */
  viewers: number
  width: number
  height: number
  framesPerSecond: number
  /** How hard the picture is: about 0.03 for slides, 0.07 for a speaker, 0.1 and more for movement. */
  bitsPerPixel: number
  /** Of each class. */
  hours: number
  /** A CDN stands before the broadcast, and asks for each part once for each of so many of its places; 0: none. */
  cdnPlaces: number
}

/** What one machine can do. */
export type Machine = {
  cores: number
  megabitsPerSecond: number
  /** CPU of a media worker to send one packet to one viewer. */
  microsPerPacket: number
  /** Viewers over HLS that one core of the server's process serves. */
  broadcastViewersPerCore: number
}

export type Need = {
  /** Of the largest layer and the sound, as one viewer receives it. */
  viewerKbps: number
  /** What a teacher sends: all layers and the sound. */
  teacherUplinkKbps: number
  interactiveMbps: number
  /** What leaves our machines for the broadcast: to viewers, or to the CDN. */
  broadcastMbps: number
  /** What the CDN sends to viewers; 0 without one. */
  cdnMbps: number
  mediaCores: number
  serverCores: number
  machines: number
  /** What decides how many machines there are. */
  limitedBy: 'cores' | 'bandwidth'
  /** All replays of these classes. */
  storageGb: number
}

const AUDIO_KBPS = 48
const AUDIO_PACKETS_PER_SECOND = 50
/** What fits into one RTP packet. */
const PACKET_BITS = 1100 * 8
/** Headers of RTP, SRTP, UDP and IP upon 1,100 bytes. */
const RTP_OVERHEAD = 1.06
/** Boxes, playlists and the headers of HTTP and TCP. */
const HLS_OVERHEAD = 1.05
/** The layers of simulcast: half the width and height takes a quarter of the bits. */
const LAYERS = [1, 1 / 4, 1 / 16]
/** Workers are filled to two thirds: pictures stutter before a core is full. */
const FILL = 0.66
/** And lines to four fifths. */
const LINE_FILL = 0.8
/** Muxing, the room and its sockets, for each class. */
const SERVER_CORES_PER_CLASS = 0.02

export function plan(audience: Audience, machine: Machine): Need {
  const { classes, seats, viewers, width, height, framesPerSecond, bitsPerPixel, hours, cdnPlaces } = audience
  const pictureKbps = (framesPerSecond * width * height * bitsPerPixel) / 1000
  const viewerKbps = pictureKbps + AUDIO_KBPS
  const layersKbps = pictureKbps * sum(LAYERS) + AUDIO_KBPS
  const interactiveMbps = (classes * seats * viewerKbps * RTP_OVERHEAD) / 1000
  const requestsOfAll = (classes * viewers * viewerKbps * HLS_OVERHEAD) / 1000
  const toCdn = (classes * cdnPlaces * layersKbps * HLS_OVERHEAD) / 1000
  const broadcastMbps = cdnPlaces > 0 ? toCdn : requestsOfAll
  const packetsPerSecond = (pictureKbps * 1000) / PACKET_BITS + AUDIO_PACKETS_PER_SECOND
  const mediaCores = (classes * seats * packetsPerSecond * machine.microsPerPacket) / 1e6 / FILL
  const askers = cdnPlaces > 0 ? cdnPlaces : viewers
  const serverCores = classes * SERVER_CORES_PER_CLASS + (classes * askers) / machine.broadcastViewersPerCore
  const byCores = (mediaCores + serverCores) / machine.cores
  const byBandwidth = (interactiveMbps + broadcastMbps) / (machine.megabitsPerSecond * LINE_FILL)
  return {
    viewerKbps,
    teacherUplinkKbps: layersKbps,
    interactiveMbps,
    broadcastMbps,
    cdnMbps: cdnPlaces > 0 ? requestsOfAll : 0,
    mediaCores,
    serverCores,
    machines: Math.max(1, Math.ceil(Math.max(byCores, byBandwidth))),
    limitedBy: byCores >= byBandwidth ? 'cores' : 'bandwidth',
    storageGb: (classes * hours * 3600 * layersKbps) / 8e6,
  }
}

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0)

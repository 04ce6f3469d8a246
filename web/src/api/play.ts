/** The calls of players: the right to play, and the one device that does. */
import type { EventsPage, Play, PlayAnswer } from '../../../src/playback/schema.ts'
import type { LiveAnswer } from '../player/broadcast-player.ts'
import type { Tampering } from '../player/watermark.ts'
import { http } from './api.ts'

export const playApi = {
  play: (lessonId: string, request: Play) =>
    http.post<PlayAnswer>(`/api/lessons/${encodeURIComponent(lessonId)}/play`, request),
  /** What happened in a class that is over: `url` is that of its player. */
  replayEvents: (url: string, afterSeq: number) => http.get<EventsPage>(`${url}?limit=1000&afterSeq=${afterSeq}`),
  /** What was done to the board of a class that is on: `url` is that of its player. */
  boardSoFar: (url: string, afterSeq: number) => http.get<EventsPage>(`${url}?limit=1000&afterSeq=${afterSeq}`),
  playLive: (lessonId: string, request: Play) =>
    http.post<LiveAnswer>(`/api/lessons/${encodeURIComponent(lessonId)}/play`, request),
  /** The mark over the picture was taken away, or hidden, in this page. */
  tellTampering: (lessonId: string, how: Tampering) =>
    http.post<void>(`/api/lessons/${encodeURIComponent(lessonId)}/tampering`, { how }),
  renewLease: (playerId: string) => http.post<void>('/api/lease/renew', { playerId }),
  releaseLease: (playerId: string) => http.post<void>('/api/lease/release', { playerId }),
}

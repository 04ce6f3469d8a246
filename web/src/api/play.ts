/** The calls of players: the right to play, and the one device that does. */
import type { EventsPage, Play, PlayAnswer } from '../../../src/playback/schema.ts'
import { http } from './api.ts'

export const playApi = {
  play: (lessonId: string, request: Play) =>
    http.post<PlayAnswer>(`/api/lessons/${encodeURIComponent(lessonId)}/play`, request),
  /** What happened in a class that is over: `url` is that of its player. */
  replayEvents: (url: string, afterSeq: number) => http.get<EventsPage>(`${url}?limit=1000&afterSeq=${afterSeq}`),
  renewLease: (playerId: string) => http.post<void>('/api/lease/renew', { playerId }),
  releaseLease: (playerId: string) => http.post<void>('/api/lease/release', { playerId }),
}

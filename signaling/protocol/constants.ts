/** What server and browser must agree on, without the schemas: light enough to be sent to a phone. */

/** The WebSocket subprotocol. A change that an older client cannot read raises the number. */
export const SUBPROTOCOL = 'jiangtang.v1'
/** The largest frame, in bytes, that the server accepts. */
export const MAX_FRAME_BYTES = 64 * 1024
/** A client pings this often, and takes the server for gone after two silent intervals. */
export const PING_INTERVAL_MS = 5000

export const limits = {
  messageLength: 2000,
  announcementLength: 500,
  /** People called by name in one message. */
  mentions: 5,
  pollOptions: 10,
  pollOptionLength: 200,
  pollQuestionLength: 500,
  preparedPolls: 50,
  pollSeconds: { least: 5, most: 3600 },
  signInSeconds: { least: 10, most: 3600 },
  questionLength: 500,
  answerLength: 2000,
  /** Open questions in a room: more than anybody reads, and a newcomer is sent them all. */
  openQuestions: 100,
  openQuestionsOfOne: 5,
  boardPages: 1000,
  boardTextLength: 200,
  strokeNumbers: 2000,
  strokesOnPage: 2000,
  numbersOnPage: 60_000,
  erasedStrokes: 200,
  pens: 20,
  slowModeSeconds: 600,
  speakers: 16,
  muteMinutes: 24 * 60,
  bannedWords: 500,
  bannedWordLength: 40,
  heldTexts: 200,
  heldTextsOfOne: 3,
  /** More taps than a person makes between two requests. */
  reactionsAtOnce: 60,
} as const

/** What a rating is chosen from: one star to five. */
export const stars = ['1', '2', '3', '4', '5']
/** How far behind the class the picture of the broadcast may be for its viewer to have the same time as all others. */
export const BROADCAST_DELAY_MS = 12_000
/** How long an answer that was given in time may be on its way. */
export const TRANSIT_MS = 1000

/** A page of the board is so wide, however large it is shown; what is drawn on it is in these units. */
export const PAGE_WIDTH = 10_000
export const tools = ['pen', 'highlighter', 'line', 'arrow', 'rectangle', 'ellipse', 'text'] as const
export type Tool = (typeof tools)[number]
export const colours = ['ink', 'red', 'orange', 'green', 'blue', 'white'] as const
export type Colour = (typeof colours)[number]

/** What the crowd may give besides words. */
export const reactions = ['like', 'applause', 'heart'] as const
export type Reaction = (typeof reactions)[number]
export const layouts = ['slides', 'speaker', 'grid'] as const
/** How a stage is laid out: the page or the screen large, or the speaker, or all side by side. */
export type Layout = (typeof layouts)[number]

/** What a room begins with. */
export const firstSettings = {
  anonymousQuestions: false,
  everyoneMuted: false,
  slowModeSeconds: 0,
  contacts: 'allow' as 'allow' | 'hold' | 'refuse',
  pictures: 'allow' as 'allow' | 'hold' | 'refuse',
  review: false,
  speakers: 6,
}

export const pollKinds = ['choice', 'rating', 'quiz'] as const
export type PollKind = (typeof pollKinds)[number]
/** What a poll is where nobody said otherwise. */
export const firstPoll = {
  kind: 'choice' as PollKind,
  results: 'live' as 'live' | 'closed',
  changeable: true,
  seconds: null as number | null,
}

/** What hinders the broadcast of a class, as its teacher is told. */
export const broadcastWarnings = [
  'picture_not_h264',
  'picture_not_shown',
  'no_ffmpeg',
  'cannot_fill',
  'store_fails',
] as const
export type BroadcastWarning = (typeof broadcastWarnings)[number]

/** What an encoder does that makes its picture dearer or worse, as its teacher is told. */
export const streamWarnings = ['b_frames', 'not_h264'] as const
export type StreamWarning = (typeof streamWarnings)[number]

export const sources = ['camera', 'microphone', 'screen', 'screenAudio'] as const
/** What a producer shows: a peer has at most one producer of each source. */
export type Source = (typeof sources)[number]
/** The kind of media that a source carries. */
export const kindOf: Record<Source, 'audio' | 'video'> = {
  camera: 'video',
  microphone: 'audio',
  screen: 'video',
  screenAudio: 'audio',
}

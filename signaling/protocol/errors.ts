/** Every error and every socket close a client can see. */

/** Error code → the HTTP status it travels under. */
export const errorStatus = {
  bad_request: 400,
  phone_unsupported: 400,
  wechat_failed: 400,
  unauthorized: 401,
  wrong_credentials: 401,
  wrong_code: 401,
  forbidden: 403,
  not_entitled: 403,
  trial_ended: 403,
  muted: 403,
  all_muted: 403,
  words_refused: 403,
  contact_refused: 403,
  pictures_refused: 403,
  removed: 403,
  banned: 403,
  captcha_failed: 403,
  confirmation_needed: 403,
  not_found: 404,
  phone_unknown: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  conflict: 409,
  changed_elsewhere: 409,
  has_learners: 409,
  not_ready: 409,
  username_taken: 409,
  phone_taken: 409,
  wechat_taken: 409,
  wechat_linked: 409,
  last_way_in: 409,
  hand_over_first: 409,
  already_joined: 409,
  not_joined: 409,
  not_open_yet: 409,
  playing_elsewhere: 409,
  taken_over: 409,
  room_full: 409,
  questions_full: 409,
  page_full: 409,
  time_up: 409,
  floor_full: 409,
  already_entitled: 409,
  order_open: 409,
  coupon_invalid: 409,
  agreement_changed: 409,
  terms_not_accepted: 409,
  channel_unavailable: 409,
  not_refundable: 409,
  order_closed: 410,
  video_not_ready: 409,
  not_live: 409,
  no_replay: 409,
  lesson_ended: 410,
  precondition_failed: 412,
  too_large: 413,
  file_too_large: 413,
  picture_too_large: 413,
  unsupported_type: 415,
  checksum_mismatch: 422,
  precondition_required: 428,
  too_many_requests: 429,
  slow_mode: 429,
  too_many_uploads: 429,
  internal: 500,
  sms_failed: 503,
  unavailable: 503,
  storage_full: 507,
} as const

export type ErrorCode = keyof typeof errorStatus

/** Trouble that was expected, told to the client by its code; the message is for developers. */
export class AppError extends Error {
  readonly code: ErrorCode
  /** When it is worth trying again, where that is known. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string = code, options?: ErrorOptions & { retryAfterSeconds?: number }) {
    super(message, options)
    this.name = 'AppError'
    this.code = code
    this.retryAfterSeconds = options?.retryAfterSeconds
  }

  get statusCode(): number {
    return errorStatus[this.code]
  }
}

/** Why the server closed a signaling socket. A client comes back by itself only where `retry` is true. */
export const closeReasons = {
  bad_frame: { code: 4400, retry: false },
  signed_out: { code: 4401, retry: false },
  not_entitled: { code: 4402, retry: false },
  removed: { code: 4403, retry: false },
  banned: { code: 4405, retry: false },
  trial_ended: { code: 4406, retry: false },
  join_timeout: { code: 4408, retry: true },
  opened_elsewhere: { code: 4409, retry: false },
  lesson_ended: { code: 4410, retry: false },
  flooding: { code: 4429, retry: false },
  slow_reader: { code: 4430, retry: true },
  role_changed: { code: 4440, retry: true },
  internal: { code: 4500, retry: true },
  draining: { code: 4503, retry: true },
} as const

export type CloseReason = keyof typeof closeReasons

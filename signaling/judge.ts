/** What becomes of a student's words: they pass, they wait for staff, or they are refused. */
import type { Log } from './log.ts'
import type { Judged, Moderator, Pictures } from './ports.ts'
import { AppError } from './protocol/errors.ts'
import type { HeldReason } from './protocol/events.ts'
import type { Picture } from './protocol/message.ts'
import type { RoomState } from './protocol/snapshot.ts'
import { findWords, hasContact, type WordFinder } from './words.ts'

export type JudgeDeps = {
  /** Banned in every room. */
  bannedWords: readonly string[]
  /** An outside service that is asked last, if there is one. */
  moderator?: Moderator | undefined
  pictures: Pictures
  log: Log
}

type Saying = Omit<Judged, 'pictureUrl'> & { picture?: Picture | undefined }

export type Judge = ReturnType<typeof createJudge>

export function createJudge({ bannedWords, moderator, pictures, log }: JudgeDeps) {
  const bannedEverywhere = findWords(bannedWords)
  const finders = new WeakMap<readonly string[], WordFinder>()
  const bannedIn = ({ words }: RoomState, text: string): boolean => {
    const find = finders.get(words) ?? findWords(words)
    finders.set(words, find)
    return find(text)
  }

  /** Whatever an outside service fails to judge waits for a person. */
  const ask = async ({ picture, ...said }: Saying): Promise<HeldReason | null> => {
    if (!moderator) return null
    const look = async (): Promise<Judged> =>
      picture ? { ...said, pictureUrl: await pictures.addressForModerator(picture.fileId) } : said
    const judging = look().then((judged) => moderator.judge(judged))
    const verdict = await judging.catch((error) => {
      log.error({ err: error }, 'the moderator gives no answer')
      return 'hold' as const
    })
    if (verdict === 'refuse') throw new AppError('words_refused')
    return verdict === 'hold' ? 'moderator' : null
  }

  /** Why these words have to wait for staff; null where they pass. Throws `words_refused`. */
  return async (state: RoomState, said: Saying): Promise<HeldReason | null> => {
    const { contacts, review, pictures: ofPictures } = state.settings
    if (said.picture && ofPictures === 'refuse') throw new AppError('pictures_refused')
    if (bannedEverywhere(said.text) || bannedIn(state, said.text)) throw new AppError('words_refused')
    const contact = contacts !== 'allow' && hasContact(said.text)
    if (contact && contacts === 'refuse') throw new AppError('contact_refused')
    if (contact) return 'contact'
    if (said.picture && ofPictures === 'hold') return 'picture'
    return review ? 'review' : ask(said)
  }
}

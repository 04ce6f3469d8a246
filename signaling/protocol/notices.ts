/** What staff put before everybody's eyes: an announcement in words, and the card of something that is for sale. */
import { Type } from 'typebox'
import { limits } from './constants.ts'
import { nullable, object, request, Seq, type Static, Timestamp, Uuid } from './define.ts'

/** What is for sale: a course, or a membership. What it costs is asked of the shop when it is shown. */
export const OfferSchema = Type.Union([object({ courseId: Uuid }), object({ planId: Uuid })])
export type Offer = Static<typeof OfferSchema>

const AnnouncementText = Type.String({ minLength: 1, maxLength: limits.announcementLength, pattern: '\\S' })

export const noticeEvents = {
  /** In the place of the one before; null takes it down. */
  offerShown: { offer: nullable(OfferSchema) },
  announced: { text: nullable(AnnouncementText) },
}

/** `seq` is the event that brought it. */
export const ShownOfferSchema = object({ seq: Seq, offer: OfferSchema })
export type ShownOffer = Static<typeof ShownOfferSchema>
export const AnnouncementSchema = object({ seq: Seq, at: Timestamp, text: Type.String() })
export type Announcement = Static<typeof AnnouncementSchema>

const Logged = object({ seq: Seq })

export const noticeRequests = {
  showOffer: request(
    'Staff: shows a course of the lesson’s teacher, or a membership, to everybody; null takes it down.',
    object({ offer: nullable(OfferSchema) }),
    Logged,
  ),
  announce: request(
    'Staff: announces something to everybody, also to those who come later; null takes it down.',
    object({ text: nullable(AnnouncementText) }),
    Logged,
  ),
}

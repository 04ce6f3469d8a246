/** What staff put before everybody's eyes. */
import type { Handlers } from '../dispatch.ts'
import { AppError } from '../protocol/errors.ts'
import type { noticeRequests } from '../protocol/notices.ts'
import type { Seat } from './caller.ts'
import { limit } from './talking.ts'

export const noticeHandlers: Handlers<Seat, keyof typeof noticeRequests> = {
  async showOffer({ room, peer }, { offer }) {
    limit({ room, peer })
    if (offer === null && !room.state.offer) throw new AppError('conflict', 'nothing is shown')
    if (offer !== null && !(await room.isOnSale(offer)))
      throw new AppError('not_found', 'the teacher sells nothing of the kind')
    return room.record('offerShown', peer.person, { offer })
  },

  announce({ room, peer }, { text }) {
    limit({ room, peer })
    if (text === null && !room.state.announcement) throw new AppError('conflict', 'nothing is announced')
    return room.record('announced', peer.person, { text: text === null ? null : text.trim() })
  },
}

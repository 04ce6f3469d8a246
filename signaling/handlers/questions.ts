/** Questions: asked and voted for by everyone, answered and put in order by staff. */
import type { Handlers } from '../dispatch.ts'
import { limits } from '../protocol/constants.ts'
import { AppError } from '../protocol/errors.ts'
import type { Question } from '../protocol/question-list.ts'
import type { questionRequests } from '../protocol/questions.ts'
import type { Room } from '../room.ts'
import type { Seat } from './caller.ts'
import { limit, messageOf, say, talk } from './talking.ts'

export const questionHandlers: Handlers<Seat, keyof typeof questionRequests> = {
  askQuestion(seat, { text: written, anonymous }) {
    const { room, peer } = seat
    if (anonymous && !room.state.settings.anonymousQuestions)
      throw new AppError('forbidden', 'questions have names in this room')
    checkSpace(room, peer.id)
    talk(seat)
    const text = written.trim()
    const asked = { text, anonymous, messageSeq: null, promotedBy: null }
    return say(seat, { text, as: 'question', anonymous }, () => room.record('questionAsked', peer.person, asked))
  },

  voteQuestion(seat, { questionSeq, up }) {
    const { room, peer } = seat
    const question = questionIn(room, questionSeq)
    if (question.by?.peerId === peer.id) throw new AppError('forbidden', 'one does not vote for oneself')
    if (question.status === 'answered') throw new AppError('conflict', 'it is answered')
    if ((room.state.upvotes.get(questionSeq)?.has(peer.id) ?? false) === up) throw new AppError('conflict')
    limit(seat)
    return room.record('questionVoted', peer.person, { questionSeq, up })
  },

  dismissQuestion(seat, { questionSeq }) {
    const { room, peer } = seat
    const question = questionIn(room, questionSeq)
    if (!peer.isStaff && question.by?.peerId !== peer.id) throw new AppError('forbidden', 'not one’s own question')
    limit(seat)
    return room.record('questionDismissed', peer.person, { questionSeq })
  },

  async promoteMessage({ room, peer }, { messageSeq }) {
    const { by, data } = await messageOf(room, messageSeq)
    if (room.state.questions.some((question) => question.messageSeq === messageSeq))
      throw new AppError('conflict', 'it is a question already')
    if (!by) throw new AppError('conflict', 'nobody said this')
    if (!data.text) throw new AppError('bad_request', 'it has no words')
    checkSpace(room)
    const text = data.text.slice(0, limits.questionLength)
    return room.record('questionAsked', by, { text, anonymous: false, messageSeq, promotedBy: peer.id })
  },

  takeQuestion({ room, peer }, { questionSeq }) {
    if (questionIn(room, questionSeq).status === 'taken') throw new AppError('conflict', 'it is being answered')
    return room.record('questionTaken', peer.person, { questionSeq })
  },

  answerQuestion({ room, peer }, { questionSeq, text }) {
    questionIn(room, questionSeq)
    return room.record('questionAnswered', peer.person, { questionSeq, text: text?.trim() ?? null })
  },

  reopenQuestion({ room, peer }, { questionSeq }) {
    if (questionIn(room, questionSeq).status === 'open') throw new AppError('conflict', 'it is open')
    return room.record('questionReopened', peer.person, { questionSeq })
  },

  mergeQuestion({ room, peer }, { questionSeq, intoSeq }) {
    questionIn(room, questionSeq)
    questionIn(room, intoSeq)
    if (questionSeq === intoSeq) throw new AppError('bad_request', 'a question does not go up in itself')
    return room.record('questionMerged', peer.person, { questionSeq, intoSeq })
  },
}

function questionIn({ state }: Room, questionSeq: number): Question {
  const question = state.questions.find(({ seq }) => seq === questionSeq)
  if (!question) throw new AppError('not_found', 'there is no such question')
  return question
}

/** Throws `questions_full` where so many wait for an answer, of all or of this one, that another would not be read. */
function checkSpace({ state }: Room, peerId?: string): void {
  const open = state.questions.filter(({ status }) => status !== 'answered')
  const own = open.filter(({ by }) => by?.peerId === peerId)
  if (open.length >= limits.openQuestions || own.length >= limits.openQuestionsOfOne)
    throw new AppError('questions_full')
}

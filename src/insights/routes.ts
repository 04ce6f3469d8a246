/** What a class leaves behind, over HTTP. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { object, Seq } from '../../signaling/protocol/define.ts'
import { type Api, ById, typed } from '../http/api.ts'
import { type Auth, bearer, type SignedInUser } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import type { Insights } from './service.ts'

export async function insightRoutes(app: FastifyInstance, { insights, auth }: { insights: Insights; auth: Auth }) {
  const api = typed(app)
  fileRoute(api, auth, 'questions.md', 'text/markdown', 'the questions with their answers, as Markdown', (user, id) =>
    insights.questionsAsText(user, id),
  )
  fileRoute(api, auth, 'questions.csv', 'text/csv', 'the questions with their answers, as a table', (user, id) =>
    insights.questionsAsTable(user, id),
  )
  fileRoute(
    api,
    auth,
    'polls.csv',
    'text/csv',
    'who answered what, in one poll or in all of the class',
    (user, id, poll) => insights.answersAsTable(user, id, poll),
  )
  fileRoute(api, auth, 'sign-ins.csv', 'text/csv', 'who has signed in, and who has not', (user, id) =>
    insights.signInsAsTable(user, id),
  )
}

function fileRoute(
  api: Api,
  auth: Auth,
  name: string,
  type: string,
  about: string,
  make: (user: SignedInUser, lessonId: string, poll?: number) => Promise<string>,
) {
  api.get(
    `/api/lessons/:id/${name}`,
    {
      preValidation: auth.requireUser,
      schema: {
        tags: ['insights'],
        security: bearer,
        summary: `Those who teach it: ${about}`,
        params: ById,
        querystring: object({ poll: Type.Optional(Seq) }),
        produces: [type],
        response: { 200: Type.String(), ...errorAnswers },
      },
    },
    async (request, reply) =>
      reply
        .type(`${type}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(await make(request.user!, request.params.id, request.query.poll)),
  )
}

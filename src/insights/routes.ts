/** What a class leaves behind, over HTTP. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
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
}

function fileRoute(
  api: Api,
  auth: Auth,
  name: string,
  type: string,
  about: string,
  make: (user: SignedInUser, lessonId: string) => Promise<string>,
) {
  api.get(
    `/api/lessons/:id/${name}`,
    {
      preValidation: auth.requireUser,
      schema: {
        tags: ['insights'],
        security: bearer,
        summary: `Its teacher: ${about}`,
        params: ById,
        produces: [type],
        response: { 200: Type.String(), ...errorAnswers },
      },
    },
    async (request, reply) =>
      reply
        .type(`${type}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(await make(request.user!, request.params.id)),
  )
}

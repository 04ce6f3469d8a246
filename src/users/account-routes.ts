/** One's own account, over HTTP. */
import { type Api, NoContent } from '../http/api.ts'
import { bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { perMinute, type RouteDeps } from './route-parts.ts'
import {
  AccountSchema,
  CodeSentSchema,
  ExportSchema,
  OwnCodeRequestSchema,
  PasswordChangeSchema,
  PhoneChangeSchema,
  ProfileChangeSchema,
  ProvenSchema,
} from './schema.ts'

const shared = { tags: ['account'], security: bearer }
const theAccount = { 200: AccountSchema, ...errorAnswers }

export function accountRoutes(api: Api, deps: RouteDeps) {
  profileRoutes(api, deps)
  passwordRoute(api, deps)
  phoneRoutes(api, deps)
  leavingRoutes(api, deps)
}

function profileRoutes(api: Api, { users, auth }: RouteDeps) {
  api.get(
    '/api/me',
    { preValidation: auth.requireUser, schema: { ...shared, summary: 'One’s own account', response: theAccount } },
    (request) => users.account(request.user!.id),
  )

  api.patch(
    '/api/me',
    {
      preValidation: auth.requireUser,
      schema: { ...shared, summary: 'Change one’s display name', body: ProfileChangeSchema, response: theAccount },
    },
    (request) => users.rename(request.user!.id, request.body.displayName),
  )
}

function passwordRoute(api: Api, { users, auth, limits }: RouteDeps) {
  api.put(
    '/api/me/password',
    {
      config: perMinute(limits.changesPerMinute),
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Set or change one’s password, which ends one’s other sign-ins',
        body: PasswordChangeSchema,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { currentPassword: password, code, newPassword } = request.body
      const proof = { ...(password !== undefined && { password }), ...(code !== undefined && { code }) }
      await users.changePassword(request.user!, proof, newPassword)
      return reply.code(204).send(null)
    },
  )
}

function phoneRoutes(api: Api, { users, auth, limits }: RouteDeps) {
  api.post(
    '/api/me/phone-codes',
    {
      config: perMinute(limits.codesPerMinute),
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Have a code sent to one’s phone, or to the one that is to take its place',
        body: OwnCodeRequestSchema,
        response: { 202: CodeSentSchema, ...errorAnswers },
      },
    },
    async (request, reply) => reply.code(202).send(await users.sendOwnCode(request.user!, request.body, request.ip)),
  )

  api.put(
    '/api/me/phone',
    {
      config: perMinute(limits.changesPerMinute),
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Give one’s account a phone, or another one, which ends one’s other sign-ins',
        body: PhoneChangeSchema,
        response: theAccount,
      },
    },
    (request) => users.changePhone(request.user!, request.body),
  )
}

function leavingRoutes(api: Api, { users, auth, limits }: RouteDeps) {
  const config = perMinute(limits.changesPerMinute)

  api.post(
    '/api/me/export',
    {
      config,
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Everything that is held of oneself, as JSON; a few times a day',
        body: ProvenSchema,
        response: { 200: ExportSchema, ...errorAnswers },
      },
    },
    (request) => users.exportData(request.user!, request.body.proof),
  )

  api.post(
    '/api/me/deletion',
    {
      config,
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Have one’s account deleted in some days; ends one’s other sign-ins',
        body: ProvenSchema,
        response: theAccount,
      },
    },
    (request) => users.askForDeletion(request.user!, request.body.proof),
  )

  api.delete(
    '/api/me/deletion',
    {
      preValidation: auth.requireUser,
      schema: { ...shared, summary: 'Keep one’s account after all', response: theAccount },
    },
    (request) => users.callOffDeletion(request.user!),
  )
}

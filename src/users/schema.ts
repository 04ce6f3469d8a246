/** Accounts and sign-in, as they travel over HTTP. */
import { Type } from 'typebox'
import { nullable, object, oneOf, type Static } from '../../signaling/protocol/define.ts'

export const accountRoles = ['student', 'assistant', 'teacher', 'operator', 'admin'] as const
export type AccountRole = (typeof accountRoles)[number]
export const AccountRoleSchema = oneOf<AccountRole>(...accountRoles)

const Uuid = Type.String({ format: 'uuid' })
export const DisplayNameSchema = Type.String({ minLength: 1, maxLength: 40, pattern: '\\S' })

export const UserSchema = object({
  id: Uuid,
  username: Type.String(),
  displayName: Type.String(),
  role: AccountRoleSchema,
})
export type User = Static<typeof UserSchema>

export const SignUpSchema = object({
  /** 3 to 32 letters, digits, `_`, `.` or `-`; upper and lower case are the same. */
  username: Type.String({ minLength: 3, maxLength: 32, pattern: '^[A-Za-z0-9_.-]+$' }),
  displayName: DisplayNameSchema,
  password: Type.String({ minLength: 8, maxLength: 200 }),
})

export const SignInSchema = object({
  username: Type.String({ maxLength: 64 }),
  password: Type.String({ maxLength: 200 }),
})

/** The access token lives for `expiresInSeconds`; the refresh token is in an HttpOnly cookie. */
export const SignedInSchema = object({
  user: UserSchema,
  accessToken: Type.String(),
  expiresInSeconds: Type.Integer(),
})
export type SignedIn = Static<typeof SignedInSchema>

export const SessionSchema = object({
  id: Uuid,
  /** The browser's own words for itself. */
  userAgent: Type.String(),
  createdAt: Type.Integer(),
  lastUsedAt: Type.Integer(),
  current: Type.Boolean(),
})
export type Session = Static<typeof SessionSchema>

export const SetRoleSchema = object({ role: AccountRoleSchema })
export const UserPageSchema = object({ users: Type.Array(UserSchema), next: nullable(Type.String()) })

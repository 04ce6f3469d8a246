/** Accounts and sign-in, as they travel over HTTP. */
import { Type } from 'typebox'
import { nullable, object, oneOf, type Static } from '../../signaling/protocol/define.ts'

export const accountRoles = ['student', 'assistant', 'teacher', 'operator', 'admin'] as const
export type AccountRole = (typeof accountRoles)[number]
export const AccountRoleSchema = oneOf<AccountRole>(...accountRoles)

const Uuid = Type.String({ format: 'uuid' })
/** Characters without width, and those that turn the direction of writing: a name must be what it looks like. */
const UNSEEN = '\\u200b-\\u200f\\u2060\\ufeff'
const TURNING = '\\u202a-\\u202e\\u2066-\\u2069'

/** One line with something to read in it. */
export const lineOfText = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: `^(?=.*[^\\s${UNSEEN}])[^\\u0000-\\u001f\\u007f${TURNING}]+$` })
export const DisplayNameSchema = lineOfText(40)
const PasswordSchema = Type.String({ minLength: 8, maxLength: 200 })

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
  password: PasswordSchema,
})
export type SignUp = Static<typeof SignUpSchema>

export const SignInSchema = object({
  username: Type.String({ maxLength: 64, pattern: '^[^\\u0000]*$' }),
  password: Type.String({ maxLength: 200 }),
})
export type SignIn = Static<typeof SignInSchema>

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

export const SessionListSchema = object({ sessions: Type.Array(SessionSchema) })
export const ProfileChangeSchema = object({ displayName: DisplayNameSchema })
export const PasswordChangeSchema = object({
  currentPassword: Type.String({ maxLength: 200 }),
  newPassword: PasswordSchema,
})

export const SetRoleSchema = object({ role: AccountRoleSchema })
export const UserQuerySchema = object({
  /** A part of the username or the display name. */
  search: Type.Optional(Type.String({ maxLength: 64, pattern: '^[^\\u0000]*$' })),
  after: Type.Optional(Type.String({ maxLength: 32, pattern: '^[^\\u0000]*$' })),
})
/** In order of username. */
export const UserPageSchema = object({ users: Type.Array(UserSchema), next: nullable(Type.String()) })
export type UserPage = Static<typeof UserPageSchema>

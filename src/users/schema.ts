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

/** One's own account. */
export const AccountSchema = object({
  id: Uuid,
  username: Type.String(),
  displayName: Type.String(),
  role: AccountRoleSchema,
  /** With a gap in the middle. */
  phone: nullable(Type.String()),
  hasPassword: Type.Boolean(),
  wechat: nullable(object({ nickname: Type.String() })),
  /** When it will be deleted, if nobody calls that off. */
  deletionDueAt: nullable(Type.Integer()),
})
export type Account = Static<typeof AccountSchema>

/** What is accepted when an account is made, as Markdown in both languages. */
const Bilingual = object({ zh: Type.String(), en: Type.String() })
export const TermsSchema = object({ version: Type.String(), terms: Bilingual, privacy: Bilingual })
export type Terms = Static<typeof TermsSchema>
/** The version that the person accepts, of the terms of use and the privacy policy. No account is made without it. */
const TermsVersion = Type.Optional(Type.String({ minLength: 1, maxLength: 32, pattern: '^[A-Za-z0-9.-]+$' }))

export const SignUpSchema = object({
  /** 3 to 32 letters, digits, `_`, `.` or `-`, and not like a phone number; upper and lower case are the same. */
  username: Type.String({ minLength: 3, maxLength: 32, pattern: '^(?!1[3-9]\\d{9}$)[A-Za-z0-9_.-]+$' }),
  displayName: DisplayNameSchema,
  password: PasswordSchema,
  termsVersion: TermsVersion,
})
export type SignUp = Static<typeof SignUpSchema>

export const SignInSchema = object({
  /** Or the phone number of the account. */
  username: Type.String({ maxLength: 64, pattern: '^[^\\u0000]*$' }),
  password: Type.String({ maxLength: 200 }),
})
export type SignIn = Static<typeof SignInSchema>

/** The access token lives for `expiresInSeconds`; the refresh token is in an HttpOnly cookie. */
const signedIn = {
  user: AccountSchema,
  accessToken: Type.String(),
  expiresInSeconds: Type.Integer(),
}
export const SignedInSchema = object(signedIn)
export type SignedIn = Static<typeof SignedInSchema>

/** `isNew`: the account has just been made, and its owner may want to give it a name. */
export const SignedInOrUpSchema = object({ ...signedIn, isNew: Type.Boolean() })
export type SignedInOrUp = Static<typeof SignedInOrUpSchema>

/** The ways in that this server has beside a username and a password. */
export const SignInWaysSchema = object({
  /** Codes are sent to numbers of these countries; null: to none. */
  phone: nullable(object({ countryCodes: Type.Array(Type.String()) })),
  /** What a page must show before it asks for a code. */
  captcha: nullable(object({ siteKey: Type.String(), scriptUrl: Type.String() })),
  /** By a code to scan, and inside WeChat. */
  wechat: object({ website: Type.Boolean(), account: Type.Boolean() }),
  /** What whoever is new has to accept. */
  termsVersion: Type.String(),
})
export type SignInWays = Static<typeof SignInWaysSchema>

/** As it is written: with or without spaces and country code. */
const PhoneSchema = Type.String({ minLength: 5, maxLength: 32, pattern: '^[^\\u0000]*$' })
const CodeSchema = Type.String({ pattern: '^[0-9]{6}$' })

export const CodeRequestSchema = object({
  phone: PhoneSchema,
  purpose: oneOf('sign_in', 'reset_password'),
  captchaToken: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
})
export type CodeRequest = Static<typeof CodeRequestSchema>

/** `confirm` is sent to the phone of the account, `new_phone` to the one that it is to get. */
export const OwnCodeRequestSchema = Type.Union([
  object({ purpose: Type.Literal('confirm') }),
  object({ purpose: Type.Literal('new_phone'), phone: PhoneSchema }),
])
export type OwnCodeRequest = Static<typeof OwnCodeRequestSchema>

/** The same whether anybody has this phone or not. */
export const CodeSentSchema = object({
  phone: Type.String(),
  expiresInSeconds: Type.Integer(),
  resendAfterSeconds: Type.Integer(),
  /** Only in the demo, where no message is sent. */
  demoCode: Type.Optional(Type.String()),
})
export type CodeSent = Static<typeof CodeSentSchema>

export const PhoneSignInSchema = object({ phone: PhoneSchema, code: CodeSchema, termsVersion: TermsVersion })
export type PhoneSignIn = Static<typeof PhoneSignInSchema>

export const PasswordResetSchema = object({ phone: PhoneSchema, code: CodeSchema, newPassword: PasswordSchema })
export type PasswordReset = Static<typeof PasswordResetSchema>

export const WechatWaySchema = oneOf('website', 'account')
/** How one is sent to WeChat: by a code on a website, or inside WeChat. */
export const WechatLeaveSchema = object({ way: WechatWaySchema, termsVersion: TermsVersion })
/** Where to send the browser. */
export const WechatAddressSchema = object({ url: Type.String() })
/** What WeChat sent the browser back with. */
export const WechatReturnSchema = object({
  code: Type.String({ minLength: 1, maxLength: 256, pattern: '^[\\x21-\\x7e]+$' }),
  state: Type.String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9]+$' }),
})
export type WechatReturn = Static<typeof WechatReturnSchema>

/** The current password, or a code that was sent to `confirm`. Who has neither must have signed in just now. */
export const ProofSchema = object({
  password: Type.Optional(Type.String({ maxLength: 200 })),
  code: Type.Optional(CodeSchema),
})
export type Proof = Static<typeof ProofSchema>
/** By feature: `account`, `learning`, `purchases` … */
export const ExportSchema = Type.Record(Type.String(), Type.Unknown())
export const ProvenSchema = object({ proof: ProofSchema })
export const WechatLinkSchema = object({ way: WechatWaySchema, proof: ProofSchema })

export const PhoneChangeSchema = object({ phone: PhoneSchema, code: CodeSchema, proof: ProofSchema })
export type PhoneChange = Static<typeof PhoneChangeSchema>

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
/** With the current password, or a code that was sent to `confirm`. */
export const PasswordChangeSchema = object({
  currentPassword: Type.Optional(Type.String({ maxLength: 200 })),
  code: Type.Optional(CodeSchema),
  newPassword: PasswordSchema,
})

export const SetRoleSchema = object({ role: AccountRoleSchema })
export const UserQuerySchema = object({
  /** A part of the username or the display name. */
  search: Type.Optional(Type.String({ maxLength: 64, pattern: '^[^\\u0000]*$' })),
  role: Type.Optional(AccountRoleSchema),
  /** Banned, or waiting to be deleted. */
  state: Type.Optional(oneOf('banned', 'leaving')),
  after: Type.Optional(Type.String({ maxLength: 40, pattern: '^[^\\u0000]*$' })),
})
export type UserQuery = Static<typeof UserQuerySchema>
export const PhoneSearchSchema = object({ phone: PhoneSchema })
export const BanSchema = object({ reason: lineOfText(200) })

/** An account as operators see it. */
export const ManagedUserSchema = object({
  id: Uuid,
  username: Type.String(),
  displayName: Type.String(),
  role: AccountRoleSchema,
  /** With a gap in the middle. */
  phone: nullable(Type.String()),
  wechat: Type.Boolean(),
  createdAt: Type.Integer(),
  bannedAt: nullable(Type.Integer()),
  banReason: nullable(Type.String()),
  deletionDueAt: nullable(Type.Integer()),
})
export type ManagedUser = Static<typeof ManagedUserSchema>
export const FoundUserSchema = object({ user: nullable(ManagedUserSchema) })
export type FoundUser = Static<typeof FoundUserSchema>

/** In order of username. */
export const UserPageSchema = object({ users: Type.Array(ManagedUserSchema), next: nullable(Type.String()) })
export type UserPage = Static<typeof UserPageSchema>

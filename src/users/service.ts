/** Accounts: who people are to us, how they sign in, and what they may be. */
import type { Db } from '../../db/client.ts'
import type { Bus } from '../../signaling/ports.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { getAccount, getUser, rename, watermarkOf } from './accounts.ts'
import { type CodesDeps, createCodes, type SmsSetup } from './codes.ts'
import { askForDeletion, callOffDeletion, exportData, type LeavingDeps, sweepHourly, sweepUsers } from './leaving.ts'
import type { WechatWay } from './oauth.ts'
import { banUser, findByPhone, listUsers, setRole, unbanUser } from './operators.ts'
import type { Parts } from './parts.ts'
import { createPasswords, type Passwords } from './passwords.ts'
import { ownPersonalData } from './personal-data.ts'
import { changePhone, resetPassword, sendOwnCode, signInByPhone } from './phone-sign-in.ts'
import { createPhones, type DataKeys, phoneOf } from './phones.ts'
import { rekeyPhones } from './rekey.ts'
import type {
  AccountRole,
  CodeRequest,
  OwnCodeRequest,
  PasswordReset,
  PhoneChange,
  PhoneSignIn,
  Proof,
  SignIn,
  SignInWays,
  SignUp,
  UserQuery,
  WechatReturn,
} from './schema.ts'
import { createSessions } from './sessions.ts'
import { changePassword, ensure, signIn, signUp } from './sign-in.ts'
import { readTerms, TERMS_VERSION } from './terms.ts'
import {
  leaveToLink,
  leaveToSignIn,
  linkWechat,
  openIdOf,
  signInByWechat,
  unlinkWechat,
  type WechatDeps,
  type WechatSetup,
} from './wechat.ts'

export type UsersDeps = {
  db: Db
  bus: Bus
  secret: Uint8Array
  now: () => number
  log?: CodesDeps['log']
  passwords?: Passwords
  /** Left out: `secret` is the key of what is kept encrypted, too. */
  dataKeys?: DataKeys
  /** Left out: nobody signs in by phone. */
  sms?: SmsSetup | undefined
  /** What a page needs to show the captcha that `sms` checks. */
  captchaPage?: SignInWays['captcha'] | undefined
  /** How long a deletion can be called off. */
  deletionDays?: number
  /** Left out: nobody signs in with WeChat. */
  wechat?: WechatSetup | undefined
}

export type Users = ReturnType<typeof createUsers>

export function createUsers(given: UsersDeps) {
  const { db, bus, secret, now, log, sms } = given
  const phones = createPhones(given.dataKeys ?? { current: secret })
  const account = (userId: string) => getAccount({ db, phones }, userId)
  const sessions = createSessions({ db, bus, secret, now, account })
  const codes = createCodes({ db, phones, now, sms, log })
  const passwords = given.passwords ?? createPasswords()
  const personalData = [ownPersonalData({ db, phones })]
  const parts: Parts = { db, bus, now, passwords, sessions, phones, codes }
  return {
    ...waysIn(parts, given),
    get: (userId: string) => getUser(db, userId),
    /** As its owner sees it. */
    account,
    rename: async (userId: string, displayName: string) => {
      await rename(db, userId, displayName)
      return account(userId)
    },
    /** Ends every other sign-in of the user. */
    changePassword: (user: SignedInUser, proof: Proof, next: string) => changePassword(parts, user, proof, next),
    /** Ends every other sign-in of the user. */
    changePhone: async (user: SignedInUser, change: PhoneChange) => {
      await changePhone(parts, user, change)
      return account(user.id)
    },
    /** Makes an account, or gives the existing one this name, password and role. */
    ensure: (form: SignUp, role: AccountRole) => ensure(parts, form, role),
    ...forOperators(parts),
    ...leaving({ ...parts, personalData, deletionDays: given.deletionDays ?? 7 }),
    ...withWechat({ ...parts, secret, wechat: given.wechat }),
    /** To be awaited before anybody is let in. */
    rekeyPhones: () => rekeyPhones(parts),
    refresh: sessions.refresh,
    authenticate: sessions.authenticate,
    userOf: sessions.userOf,
    /** What stands over the picture for this user: enough to find them again, and no more. */
    watermarkOf: (userId: string) => watermarkOf(parts, userId),
    signOut: sessions.signOut,
    signOutOthers: sessions.endOthers,
    sessionsOf: sessions.list,
    revokeSession: sessions.revoke,
  }
}

const forOperators = (parts: Parts) => ({
  /** One page of accounts, by a part of their names. */
  list: (query: UserQuery) => listUsers(parts, query),
  findByPhone: (phone: string) => findByPhone(parts, phone),
  /** Ends every sign-in, and sends the user out of every room at once. */
  ban: (operator: SignedInUser, userId: string, reason: string) => banUser(parts, operator, userId, reason),
  unban: (operator: SignedInUser, userId: string) => unbanUser(parts, operator, userId),
  /** Sends the user out of every room, to come back as what they are now. */
  setRole: (admin: SignedInUser, userId: string, role: AccountRole) => setRole(parts, admin, userId, role),
})

const leaving = (deps: LeavingDeps) => ({
  /** What each feature holds of a person; a feature adds what it has when the server is put together. */
  personalData: deps.personalData,
  /** All of it, of one who has proved to be that person. */
  exportData: (user: SignedInUser, proof: Proof) => exportData(deps, user, proof),
  askForDeletion: async (user: SignedInUser, proof: Proof) => {
    await askForDeletion(deps, user, proof)
    return getAccount(deps, user.id)
  },
  callOffDeletion: async (user: SignedInUser) => {
    await callOffDeletion(deps, user)
    return getAccount(deps, user.id)
  },
  /** Deletes the accounts whose time has come. May be called at any time, by any number of nodes. */
  sweep: () => sweepUsers(deps),
  /** Takes the accounts' background work on. */
  work: (jobs: Jobs) => sweepHourly(deps, jobs),
})

const withWechat = (deps: WechatDeps) => ({
  leaveToSignIn: (way: WechatWay, termsVersion?: string) => leaveToSignIn(deps, way, termsVersion),
  signInByWechat: (pass: string, back: WechatReturn, userAgent: string) => signInByWechat(deps, pass, back, userAgent),
  leaveToLink: (user: SignedInUser, way: WechatWay, proof: Proof) => leaveToLink(deps, user, way, proof),
  linkWechat: async (user: SignedInUser, pass: string, back: WechatReturn) => {
    await linkWechat(deps, user, pass, back)
    return getAccount(deps, user.id)
  },
  unlinkWechat: async (user: SignedInUser, proof: Proof) => {
    await unlinkWechat(deps, user, proof)
    return getAccount(deps, user.id)
  },
  /** Who this user is to an app of WeChat's; null where they never signed in through it. */
  openIdOf: (userId: string, appId: string) => openIdOf(deps, userId, appId),
})

const waysIn = (parts: Parts, { sms, captchaPage = null, wechat }: UsersDeps) => ({
  ways: (): SignInWays => ({
    phone: sms ? { countryCodes: sms.countryCodes } : null,
    captcha: sms?.captcha ? captchaPage : null,
    wechat: { website: false, account: false, ...wechat?.provider.ways },
    termsVersion: TERMS_VERSION,
  }),
  /** What whoever is new has to accept. */
  terms: readTerms(),
  /** Makes a student's account and signs it in. */
  signUp: (form: SignUp, userAgent: string) => signUp(parts, form, userAgent),
  signIn: (credentials: SignIn, userAgent: string) => signIn(parts, credentials, userAgent),
  /** Sends a code to whoever holds this phone, on behalf of a stranger. */
  sendCode: async ({ phone: text, purpose, captchaToken }: CodeRequest, address: string) => {
    const phone = phoneOf(text)
    await parts.codes.checkCaptcha(captchaToken, address)
    return parts.codes.send({ phone, purpose }, address)
  },
  sendOwnCode: (user: SignedInUser, request: OwnCodeRequest, address: string) =>
    sendOwnCode(parts, user, request, address),
  signInByPhone: (form: PhoneSignIn, userAgent: string) => signInByPhone(parts, form, userAgent),
  resetPassword: (form: PasswordReset, userAgent: string) => resetPassword(parts, form, userAgent),
})

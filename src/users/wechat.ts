/** Signing in with WeChat, and linking it to an account. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { jwtVerify, SignJWT } from 'jose'
import type { Db } from '../../db/client.ts'
import { users, wechatAccounts, wechatOpenIds } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { OAuthProvider, WechatIdentity, WechatWay } from './oauth.ts'
import type { Parts } from './parts.ts'
import { newNames } from './phone-sign-in.ts'
import { prove } from './proof.ts'
import type { Proof, WechatReturn } from './schema.ts'
import type { OpenSession } from './sessions.ts'
import { acceptance } from './terms.ts'

export const WECHAT_TTL_SECONDS = 600
const algorithm = 'HS256'

export type WechatSetup = { provider: OAuthProvider; publicUrl: string }
export type WechatDeps = Parts & { secret: Uint8Array; wechat: WechatSetup | undefined }

/** `pass` goes into a cookie: only the browser that was sent to WeChat can come back from there. */
export type Departure = { url: string; pass: string }

export async function leaveToSignIn(deps: WechatDeps, way: WechatWay, termsVersion?: string): Promise<Departure> {
  return leave(deps, way, '/sign-in/wechat', { termsVersion })
}

/** Asks for a proof first: a WeChat that is linked is a way in for good. */
export async function leaveToLink(
  deps: WechatDeps,
  user: SignedInUser,
  way: WechatWay,
  proof: Proof,
): Promise<Departure> {
  const proven = await prove(deps, user, proof)
  await deps.db.transaction(proven)
  return leave(deps, way, '/account/wechat', { userId: user.id })
}

async function leave(
  { secret, wechat, now }: WechatDeps,
  way: WechatWay,
  path: string,
  { userId = '', termsVersion }: { userId?: string; termsVersion?: string | undefined },
): Promise<Departure> {
  const { provider, publicUrl } = configured(wechat)
  const verifier = randomBytes(32).toString('base64url')
  const url = provider.authorizationUrl(way, { redirectUrl: `${publicUrl}${path}`, state: stateOf(verifier) })
  const pass = await new SignJWT({ way, jti: verifier, termsVersion })
    .setProtectedHeader({ alg: algorithm })
    .setAudience('wechat')
    .setSubject(userId)
    .setExpirationTime(Math.floor(now() / 1000) + WECHAT_TTL_SECONDS)
    .sign(secret)
  return { url, pass }
}

/** The state is public, in addresses; who knows it does not know the verifier. WeChat takes letters and digits only. */
const stateOf = (verifier: string) => createHash('sha256').update(verifier).digest('hex')

const configured = (wechat: WechatSetup | undefined): WechatSetup => {
  if (!wechat) throw new AppError('unavailable', 'signing in with WeChat is not set up')
  return wechat
}

/** Who has come back; throws `wechat_failed` for every way of coming back that we did not send this browser on. */
async function comeBack(
  deps: WechatDeps,
  pass: string,
  { code, state }: WechatReturn,
  userId = '',
): Promise<{ identity: WechatIdentity; termsVersion: string | undefined }> {
  const { bus, wechat } = deps
  const { way, verifier, subject, termsVersion } = await readPass(deps, pass)
  const expected = Buffer.from(stateOf(verifier))
  const given = Buffer.from(state)
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) throw failed('this state is not ours')
  if (subject !== userId) throw failed('somebody else was sent to WeChat')
  if (!(await bus.claim(`wechat:${state}`, WECHAT_TTL_SECONDS))) throw failed('this was used')
  return { identity: await configured(wechat).provider.identify(way, code), termsVersion }
}

const failed = (message: string, cause?: unknown) => new AppError('wechat_failed', message, { cause })

async function readPass({ secret, now }: WechatDeps, pass: string) {
  try {
    const options = { algorithms: [algorithm], audience: 'wechat', currentDate: new Date(now()) }
    const { payload } = await jwtVerify(pass, secret, { ...options, requiredClaims: ['exp', 'jti', 'sub'] })
    const { way, termsVersion } = payload as { way: WechatWay; termsVersion?: string }
    return { way, termsVersion, verifier: payload.jti!, subject: payload.sub! }
  } catch (cause) {
    throw failed('this browser was not sent to WeChat', cause)
  }
}

export type OpenedByWechat = OpenSession & { isNew: boolean }

/** Signs in whose WeChat this is; makes a student's account where it is nobody's. */
export async function signInByWechat(deps: WechatDeps, pass: string, back: WechatReturn, userAgent: string) {
  const { identity, termsVersion } = await comeBack(deps, pass, back)
  const come = () => enter(deps, identity, userAgent, termsVersion)
  // Twice: of two who come with one WeChat that is new, the second finds what the first has made.
  const opened = (await come()) ?? (await come())
  if (!opened) throw new AppError('conflict', 'this WeChat is being linked elsewhere')
  return { ...(await deps.sessions.answer(opened.stored)), isNew: opened.isNew }
}

function enter(deps: WechatDeps, identity: WechatIdentity, userAgent: string, termsVersion?: string) {
  return deps.db
    .transaction(async (tx) => {
      const known = await ownerOf(tx, identity)
      const userId = known ?? (await makeAccount(deps, tx, identity, termsVersion))
      if (!(await keep(deps, tx, userId, identity))) throw linkedToAnother()
      return { stored: await deps.sessions.openIn(tx, userId, userAgent), isNew: !known }
    })
    .catch(unlessTaken)
}

async function makeAccount(
  { now }: WechatDeps,
  tx: Db,
  { nickname }: WechatIdentity,
  termsVersion?: string,
): Promise<string> {
  const [made] = await tx
    .insert(users)
    .values({ ...newNames(displayNameOf(nickname)), ...acceptance(termsVersion, now()), createdAt: now() })
    .returning({ id: users.id })
  return made!.id
}

/** What of a nickname can be shown: no line breaks, nothing unseen, forty characters. */
export function displayNameOf(nickname: string): string | undefined {
  const plain = nickname.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ').trim()
  return [...plain].slice(0, 20).join('').trim() || undefined
}

/** Links the WeChat that came back to the account of who is signed in. */
export async function linkWechat(
  deps: WechatDeps,
  user: SignedInUser,
  pass: string,
  back: WechatReturn,
): Promise<void> {
  const { identity } = await comeBack(deps, pass, back, user.id)
  const kept = await deps.db
    .transaction(async (tx) => {
      const owner = await ownerOf(tx, identity)
      if (owner && owner !== user.id) throw taken()
      return keep(deps, tx, user.id, identity)
    })
    .catch(unlessTaken)
  if (kept === undefined) throw taken()
  if (!kept) throw linkedToAnother()
}

const linkedToAnother = () => new AppError('wechat_linked', 'another WeChat is linked to this account')
const taken = () => new AppError('wechat_taken', 'this WeChat is linked to another account')

/** Undefined where the database says that somebody has just taken it. */
function unlessTaken(error: Error): undefined {
  const { code } = (error.cause ?? {}) as { code?: string }
  if (code !== '23505') throw error
}

async function ownerOf(tx: Db, { appId, openId, unionId }: WechatIdentity): Promise<string | undefined> {
  const [byApp] = await tx
    .select({ userId: wechatOpenIds.userId })
    .from(wechatOpenIds)
    .where(and(eq(wechatOpenIds.appId, appId), eq(wechatOpenIds.openId, openId)))
  if (byApp || unionId === null) return byApp?.userId
  const { userId } = wechatAccounts
  const [byUnion] = await tx.select({ userId }).from(wechatAccounts).where(eq(wechatAccounts.unionId, unionId))
  return byUnion?.userId
}

/** Writes down that this WeChat is this user's. False where the user has another one. */
async function keep({ now }: WechatDeps, tx: Db, userId: string, identity: WechatIdentity): Promise<boolean> {
  const { appId, openId, unionId, nickname } = identity
  await tx
    .insert(wechatAccounts)
    .values({ userId, unionId, nickname: displayNameOf(nickname) ?? '', linkedAt: now() })
    .onConflictDoNothing({ target: wechatAccounts.userId })
  const [account] = await tx.select().from(wechatAccounts).where(eq(wechatAccounts.userId, userId)).for('update')
  if (account!.unionId !== null && unionId !== null && account!.unionId !== unionId) return false
  const inApp = and(eq(wechatOpenIds.userId, userId), eq(wechatOpenIds.appId, appId))
  const [known] = await tx.select({ openId: wechatOpenIds.openId }).from(wechatOpenIds).where(inApp)
  if (known && known.openId !== openId) return false
  if (account!.unionId === null && unionId !== null)
    await tx.update(wechatAccounts).set({ unionId }).where(eq(wechatAccounts.userId, userId))
  if (!known) await tx.insert(wechatOpenIds).values({ appId, openId, userId })
  return true
}

/** Refused where there would be no way in any more. */
export async function unlinkWechat(deps: Parts, user: SignedInUser, proof: Proof): Promise<void> {
  const proven = await prove(deps, user, proof)
  await deps.db.transaction(async (tx) => {
    await proven(tx)
    const { passwordHash, phoneIndex } = users
    const [found] = await tx.select({ passwordHash, phoneIndex }).from(users).where(eq(users.id, user.id))
    if (!found?.passwordHash && !found?.phoneIndex)
      throw new AppError('last_way_in', 'there is no other way to sign in')
    await tx.delete(wechatAccounts).where(eq(wechatAccounts.userId, user.id))
  })
}

/** Who this user is to an app of WeChat's; null where they never signed in through it. */
export async function openIdOf({ db }: Parts, userId: string, appId: string): Promise<string | null> {
  const [found] = await db
    .select({ openId: wechatOpenIds.openId })
    .from(wechatOpenIds)
    .where(and(eq(wechatOpenIds.userId, userId), eq(wechatOpenIds.appId, appId)))
  return found?.openId ?? null
}

import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import t from 'tap'
import { signTicket } from '../../signaling/ticket.ts'
import { createBusiness, createBusinessApp, secret, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'

const business = createBusiness(await openTestDatabase(t))
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { user, accessToken, refreshToken } = await business.person()
const seconds = Math.floor(business.now() / 1000)

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as JWTPayload
const sign = (claims: JWTPayload, { alg = 'HS256', key = secret as Parameters<SignJWT['sign']>[0] } = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg }).sign(key)
/** jose itself would not sign with a key this short for the algorithm. */
const byHand = (claims: JWTPayload, bits: 384 | 512) => {
  const content = `${base64({ alg: `HS${bits}` })}.${base64(claims)}`
  return `${content}.${createHmac(`sha${bits}`, secret).update(content).digest('base64url')}`
}
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = new TextEncoder().encode(publicKey.export({ type: 'spki', format: 'pem' }) as string)

/** Every way to make a token that is not the one we gave. */
async function forgeries(genuine: string): Promise<[string, string][]> {
  const claims = claimsOf(genuine)
  const { exp: _exp, ...lasting } = claims
  const { sub: _sub, ...anonymous } = claims
  const { aud: _aud, ...purposeless } = claims
  const [header, body, signature] = genuine.split('.') as [string, string, string]
  const longer = base64({ ...claims, exp: claims.exp! + 1000 })
  const person = { peerId: user.id, displayName: 'x', role: 'student' as const }
  const ticket = { roomId: randomUUID(), person, sessionId: user.sessionId, tier: 'interactive' as const }
  return [
    ['signed with another secret', await sign(claims, { key: new TextEncoder().encode('x'.repeat(32)) })],
    ['signed with nothing', `${base64({ alg: 'none' })}.${body}.`],
    ['said to be unsigned', `${base64({ alg: 'none', typ: 'JWT' })}.${body}.${signature}`],
    ['of HMAC with SHA-512, by our secret', byHand(claims, 512)],
    ['of HMAC with SHA-384, by our secret', byHand(claims, 384)],
    ['signed with a private key', await sign(claims, { alg: 'RS256', key: privateKey })],
    ['signed with a public key taken for a secret', await sign(claims, { key: pem })],
    ['changed after signing', `${header}.${longer}.${signature}`],
    ['cut short', genuine.slice(0, -3)],
    ['expired', await sign({ ...claims, exp: seconds - 1 })],
    ['without an end', await sign(lasting)],
    ['not valid yet', await sign({ ...claims, nbf: seconds + 60 })],
    ['without a session', await sign(anonymous)],
    ['without a purpose', await sign(purposeless)],
    ['for another purpose', await sign({ ...claims, aud: 'admin' })],
    ['a ticket to a room', signTicket(ticket, secret, 60, business.now())],
    ['of a session that never was', await sign({ ...claims, sub: randomUUID() })],
    ['three dots', '..'],
    ['words', 'let-me-in'],
  ]
}

t.test('an access token is refused that is', async (t) => {
  for (const [fault, token] of [...(await forgeries(accessToken)), ['a refresh token', refreshToken] as const]) {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await send(app, 'GET /api/me', undefined, { headers })
    t.equal(answer.status, 401, fault)
    t.equal(answer.body.error.code, 'unauthorized', fault)
  }
})

t.test('a refresh token is refused that is', async (t) => {
  const { jti: _jti, ...unnamed } = claimsOf(refreshToken)
  const others: [string, string][] = [
    ['an access token', accessToken],
    ['without a name', await sign(unnamed)],
  ]
  for (const [fault, token] of [...(await forgeries(refreshToken)), ...others]) {
    const answer = await send(app, 'POST /api/session/refresh', undefined, undefined, { cookie: `refresh=${token}` })
    t.equal(answer.status, 401, fault)
  }
})

t.test('no cookie, no refresh', async (t) => {
  t.equal((await send(app, 'POST /api/session/refresh')).status, 401)
})

t.test('forged tokens do not end the sign-in they name', async (t) => {
  await t.resolves(business.users.authenticate(accessToken))
  await t.resolves(business.users.refresh(refreshToken))
})

t.test('the Authorization header is refused in any other form', async (t) => {
  for (const authorization of [
    '',
    'Bearer',
    'Bearer ',
    accessToken,
    `Basic ${accessToken}`,
    `Bearer ${accessToken} x`,
  ]) {
    const answer = await send(app, 'GET /api/me', undefined, { headers: { authorization } })
    t.equal(answer.status, 401, authorization.slice(0, 12))
  }
})

t.test('a public page takes no bad token for a visitor', async (t) => {
  t.equal((await send(app, 'GET /api/lessons?filter=live')).status, 200)
  const headers = { authorization: 'Bearer forged' }
  t.equal((await send(app, 'GET /api/lessons?filter=live', undefined, { headers })).status, 401)
})

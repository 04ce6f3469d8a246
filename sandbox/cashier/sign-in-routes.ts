/** WeChat's own page, on which a person lets an app know who they are; here anybody may be anybody. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from '../html.ts'
import type { SignIn, SignInApp } from '../wechat/sign-in.ts'
import type { World } from '../world.ts'
import { messagePage, page } from './pages.ts'
import { type Words, wordsFor } from './words.ts'

const people = ['小满', 'Hedy', '阿茶']
const LONGEST_NAME = 32

type Wish = { app: SignInApp; redirectUrl: URL; state: string; scope: string }
type Query = Record<string, string | undefined>

const kinds = {
  '/connect/qrconnect': { kind: 'website', scopes: ['snsapi_login'] },
  '/connect/oauth2/authorize': { kind: 'account', scopes: ['snsapi_base', 'snsapi_userinfo'] },
} as const

export function signInPages(app: FastifyInstance, world: World, signIn: SignIn): void {
  for (const [path, { kind, scopes }] of Object.entries(kinds)) {
    app.get(path, async (request, reply) => {
      const words = wordsOf(request)
      const wish = read(request.query as Query, kind, scopes)
      if (typeof wish === 'string')
        return show(reply, messagePage(words, 'bad', words.badRequest, wish), undefined, 400)
      return show(reply, consentPage(words, wish, path), wish.redirectUrl)
    })

    app.post(path, async (request, reply) => {
      const form = Object.fromEntries(new URLSearchParams(String(request.body ?? ''))) as Query
      const wish = read(form, kind, scopes)
      if (typeof wish === 'string') return reply.code(400).send(wish)
      const name = (form.person ?? form.name ?? '').trim().slice(0, LONGEST_NAME)
      // Who says no is sent back without a code.
      if (name) wish.redirectUrl.searchParams.set('code', signIn.grant(wish.app, name, wish.scope))
      wish.redirectUrl.searchParams.set('state', wish.state)
      return reply.redirect(wish.redirectUrl.href, 302)
    })
  }

  function read(query: Query, kind: SignInApp['kind'], scopes: readonly string[]): Wish | string {
    const { appid, redirect_uri: redirect = '', response_type: type, scope = '', state = '' } = query
    const known = signIn.apps.find((each) => each.appId === appid && each.kind === kind)
    if (!known) return 'AppID 参数错误'
    if (!URL.canParse(redirect) || !ownHost(new URL(redirect))) return 'redirect_uri 参数错误'
    if (type !== 'code') return 'response_type 参数错误'
    if (!scopes.includes(scope)) return 'Scope 参数错误或没有 Scope 权限'
    if (!/^[A-Za-z0-9]{0,128}$/.test(state)) return 'state 参数错误'
    return { app: known, redirectUrl: new URL(redirect), state, scope }
  }

  /** The domain that the app has registered: here, this machine under any of its names. */
  const ownHost = ({ protocol, hostname }: URL) =>
    /^https?:$/.test(protocol) && ['localhost', '127.0.0.1', world.options.publicHost].includes(hostname)
}

const wordsOf = ({ headers }: FastifyRequest): Words => wordsFor(headers['accept-language'])

function show(reply: FastifyReply, text: string, onward?: URL, status = 200) {
  // A form's redirect is held to the policy, too.
  const formAction = `form-action 'self' ${onward?.origin ?? ''}`
  const policy = `default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; ${formAction}; base-uri 'none'; frame-ancestors 'none'`
  return reply
    .code(status)
    .headers({ 'content-security-policy': policy, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    .type('text/html; charset=utf-8')
    .send(text)
}

function consentPage(words: Words, { app, redirectUrl, state, scope }: Wish, path: string): string {
  const hidden = { appid: app.appId, redirect_uri: redirectUrl.href, response_type: 'code', scope, state }
  const content = html`
<section class="card cashier wechat sign-in">
<p class="provider"><span class="mark wechat" aria-hidden="true">微</span>${words.wechatSignIn}</p>
<h1>${app.title}</h1>
<p class="title">${words.wantsToKnow}</p>
<form method="post" action="${path}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${people.map((person) => html`<button class="pay" name="person" value="${person}">${words.signInAs} ${person}</button>`)}
<div class="other"><label for="name">${words.somebodyElse}</label>
<input id="name" name="name" maxlength="${LONGEST_NAME}" autocomplete="off">
<button class="quiet">${words.signInAsThem}</button></div>
<button class="plain" name="person" value="" formnovalidate>${words.refuse}</button>
</form>
</section>`
  return page(words, words.wechatSignIn, content)
}

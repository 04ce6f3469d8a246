/** The pages of the payer's phone. */
import { dateTime } from '../beijing.ts'
import type { Provider } from '../faults.ts'
import { html, Markup } from '../html.ts'
import { yuan } from '../money.ts'
import { couponFor, type Listed, type Payable } from './payable.ts'
import type { Words } from './words.ts'

/** How the payer came, and where the way leads back. */
export type Way = { back?: string | undefined; bridge?: boolean | undefined }

const money = (fen: number) => html`<span class="money">¥${yuan(fen)}</span>`
const scanAddress = (code: string) => `/scan?code=${encodeURIComponent(code)}`

const marks: Record<Provider, string> = { wechat: '微', alipay: '支' }
const mark = (provider: Provider) => html`<span class="mark ${provider}" aria-hidden="true">${marks[provider]}</span>`

export function page(words: Words, title: string, content: Markup, body = ''): string {
  return html`<!doctype html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title} · ${words.sandbox}</title>
<link rel="stylesheet" href="/cashier/cashier.css">
<script type="module" src="/cashier/cashier.js"></script>
</head>
<body ${new Markup(body)}>
<header><strong>沙箱 SANDBOX</strong><span>${words.noRealMoney}</span></header>
<main>${content}</main>
</body>
</html>
`.text
}

const attribute = (name: string, value: string): string => html`${name}="${value}"`.text

export function phonePage(words: Words, { waiting, paid, hasMore }: Listed, pageNumber: number, print: string): string {
  const more = hasMore && html`<a class="more" href="/?page=${pageNumber + 1}">${words.more}</a>`
  const list =
    waiting.length > 0
      ? html`<ul>${waiting.map((each) => waitingRow(words, each))}</ul>${more}`
      : html`
<p class="empty">${words.nothingWaits}</p>`
  const content = html`
<h1>${words.phone}</h1>
<p class="about">${words.phoneAbout}</p>
<form class="scan" action="/scan">
<label for="code">${words.scanLabel}</label>
<div><input id="code" name="code" placeholder="${words.scanHint}" autocomplete="off" autocapitalize="off" spellcheck="false" required maxlength="500">
<button class="quiet">${words.scan}</button></div>
</form>
<h2>${words.waiting}</h2>
${list}
${paid.length > 0 && html`<h2>${words.recent}</h2><ul>${paid.map((each) => paidRow(words, each))}</ul>`}`
  return page(words, words.phone, content, attribute('data-fingerprint', print))
}

const about = (words: Words, { provider, merchant, title }: Payable) => html`${mark(provider)}
<span class="what"><b>${title}</b><small>${words[provider]} · ${merchant}</small></span>`

const waitingRow = (words: Words, payable: Payable) => html`
<li><a href="${scanAddress(payable.code)}">${about(words, payable)}${money(payable.totalFen)}</a></li>`

const paidRow = (words: Words, payable: Payable) => html`
<li class="done"><div>${about(words, payable)}<span class="sums">${money(payable.totalFen - payable.couponFen)}
${payable.refundedFen > 0 && html`<small>${words.refunded} ¥${yuan(payable.refundedFen)}</small>`}</span></div></li>`

export function cashierPage(words: Words, payable: Payable, way: Way): string {
  const { provider, totalFen, obstacle } = payable
  if (obstacle) return messagePage(words, obstacle === 'paid' ? 'good' : 'bad', words[obstacle], '', way.back)
  const coupon = couponFor(totalFen)
  const withCoupon = html`
<button class="quiet" name="action" value="coupon">${words.payWithCoupon} ${money(totalFen - coupon)}</button>
<p class="note">${words.couponNote}</p>`
  const content = html`
<section class="card cashier ${provider}">
${summary(words, payable)}
<form method="post" action="/cashier/act">
<input type="hidden" name="code" value="${payable.code}">
${way.back !== undefined && html`<input type="hidden" name="back" value="${way.back}">`}
${way.bridge === true && html`<input type="hidden" name="bridge" value="true">`}
<button class="pay" name="action" value="pay">${words.pay} ${money(totalFen)}</button>
${coupon > 0 && withCoupon}
<button class="plain" name="action" value="cancel">${words.cancel}</button>
</form>
</section>`
  return page(words, words[provider], content)
}

const summary = (words: Words, { provider, merchant, title, totalFen, outTradeNo, createdAt }: Payable) => html`
<p class="provider">${mark(provider)}${words[provider]}</p>
<p class="to">${words.payTo} <b>${merchant}</b></p>
<p class="total">${money(totalFen)}</p>
<p class="title">${title}</p>
<dl><dt>${words.placedAt}</dt><dd>${dateTime(createdAt).slice(0, 16)}</dd><dt>${words.number}</dt><dd><code>${outTradeNo}</code></dd></dl>`

/** On a wide screen: a code for the phone, or payment right here. */
export function standardPage(words: Words, payable: Payable, qrSvg: string): string {
  if (payable.obstacle) return cashierPage(words, payable, { back: payable.returnUrl() })
  const content = html`
<section class="card standard ${payable.provider}">
<div>${summary(words, payable)}</div>
<div class="qr">
<h1>${words.scanWithPhone}</h1>
<div class="code" role="img" aria-label="${words.scanWithPhone}">${new Markup(qrSvg)}</div>
<p class="note">${words.scanWithPhoneNote}</p>
<p class="state" role="status">${words.waitingForPayment}</p>
<a class="button quiet" href="${scanAddress(payable.code)}">${words.orHere}</a>
</div>
</section>`
  return page(words, words[payable.provider], content, attribute('data-watch', payable.code))
}

export type Mood = 'good' | 'bad' | 'calm'
const signs: Record<Mood, string> = { good: '✓', bad: '!', calm: '–' }

/** `onward`: the browser goes there by itself after a moment. */
export function messagePage(
  words: Words,
  mood: Mood,
  title: string,
  note: string,
  back?: string,
  onward?: string,
): string {
  const content = html`
<section class="card message">
<p class="sign ${mood}" aria-hidden="true">${signs[mood]}</p>
<h1>${title}</h1>
${note && html`<p class="note">${note}</p>`}
${back !== undefined && html`<a class="button pay" href="${back}">${words.back}</a>`}
<a class="button plain" href="/">${words.toPhone}</a>
</section>`
  return page(words, title, content, onward === undefined ? '' : attribute('data-onward', onward))
}

/** The control page as a person sees it. */
import { dateTime } from '../beijing.ts'
import { type Fault, faultNames } from '../faults.ts'
import { html, type Markup } from '../html.ts'
import { yuan } from '../money.ts'
import type { Notice } from '../notices.ts'
import type { LoggedRequest } from '../request-log.ts'
import type { TradeView } from './views.ts'
import type { ControlWords } from './words.ts'

export type ControlFacts = {
  faults: Fault[]
  /** Those with a refund that waits. */
  refunding: TradeView[]
  notices: Notice[]
  requests: LoggedRequest[]
  phoneUrl: string
}

export function controlPage(words: ControlWords, facts: ControlFacts): string {
  return html`<!doctype html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${words.title}</title>
<link rel="stylesheet" href="/page/cashier.css">
<link rel="stylesheet" href="/page/control.css">
</head>
<body>
<header><strong>沙箱 SANDBOX</strong><a href="${facts.phoneUrl}">${words.phone}</a></header>
<main>
<h1>${words.title}</h1>
<p class="about">${words.about}</p>
<div class="columns">
<section class="card"><h2>${words.order}</h2>${orderForm(words)}</section>
<section class="card"><h2>${words.ordered}</h2>${orderedList(words, facts.faults)}
<h2>${words.openRefunds}</h2>${refundList(words, facts.refunding)}</section>
</div>
<h2>${words.notices}</h2>${noticeTable(words, facts.notices)}
<h2>${words.requests}</h2>${requestTable(words, facts.requests)}
</main>
</body>
</html>
`.text
}

const option = (value: string, label: string) => html`<option value="${value}">${label}</option>`

const orderForm = (words: ControlWords) => html`
<form method="post" action="/page/faults" class="order">
<label>${words.fault}<select name="name">${faultNames.map((name) => option(name, `${name} · ${words.faults[name]}`))}</select></label>
<label>${words.provider}<select name="provider">${option('', words.either)}${option('wechat', words.wechat)}
${option('alipay', words.alipay)}</select></label>
<label>${words.place}<select name="on">${option('', words.either)}${option('answer', words.answer)}
${option('notice', words.notice)}</select></label>
<label>${words.times}<select name="times">${option('1', '1')}${option('2', '2')}${option('5', '5')}
${option('', words.untilCleared)}</select></label>
<label>${words.value}<input name="value" maxlength="200" autocomplete="off"></label>
<button class="pay">${words.submit}</button>
</form>`

const none = ({ none }: ControlWords) => html`<p class="note">${none}</p>`

function orderedList(words: ControlWords, faults: Fault[]): Markup {
  if (faults.length === 0) return none(words)
  const rows = faults.map(
    ({ id, name, provider, on, times, value }) => html`<li><div>
<span class="what"><b>${name}</b><small>${[
      words.faults[name],
      provider && words[provider],
      on && words[on],
      times === null ? words.always : `×${times}`,
      value !== undefined && String(value),
    ]
      .filter(Boolean)
      .join(' · ')}</small></span>
<form method="post" action="/page/clear"><button class="quiet" name="id" value="${id}">${words.clear}</button></form>
</div></li>`,
  )
  return html`<ul>${rows}</ul><form method="post" action="/page/clear"><button class="plain">${words.clearAll}</button></form>`
}

function refundList(words: ControlWords, trades: TradeView[]): Markup {
  const rows = trades.flatMap(({ provider, merchant, title, refunds }) =>
    refunds
      .filter(({ state }) => state === 'PROCESSING' || state === 'ABNORMAL')
      .map(
        ({ outRefundNo, amountFen, state }) => html`<li><form method="post" action="/page/settle" class="settle">
<span class="what"><b>${title} ¥${yuan(amountFen)}</b><small>${words[provider]} · ${state} · ${outRefundNo}</small></span>
<input type="hidden" name="provider" value="${provider}"><input type="hidden" name="merchant" value="${merchant}">
<input type="hidden" name="outRefundNo" value="${outRefundNo}">
<button class="quiet" name="state" value="SUCCESS">${words.succeed}</button>
<button class="quiet" name="state" value="ABNORMAL">${words.abnormal}</button>
<button class="quiet" name="state" value="CLOSED">${words.close}</button>
</form></li>`,
      ),
  )
  return rows.length > 0 ? html`<ul>${rows}</ul>` : none(words)
}

const table = (words: ControlWords, rows: Markup[]): Markup =>
  rows.length > 0 ? html`<div class="scroll"><table>${rows}</table></div>` : none(words)

const time = (at: number) => html`<td>${dateTime(at).slice(11)}</td>`

const noticeTable = (words: ControlWords, notices: Notice[]) =>
  table(
    words,
    notices.map(
      ({ createdAt, provider, event, outTradeNo, state, attempts }) => html`<tr>${time(createdAt)}
<td>${words[provider]}</td><td>${event}</td><td><code>${outTradeNo}</code></td><td>${state}</td>
<td>${attempts.map(({ status, error }) => String(status ?? error)).join(', ')}</td></tr>`,
    ),
  )

const requestTable = (words: ControlWords, requests: LoggedRequest[]) =>
  table(
    words,
    requests.map(
      ({
        at,
        provider,
        api,
        outTradeNo,
        status,
        code,
      }) => html`<tr>${time(at)}<td>${words[provider]}</td><td>${api}</td>
<td><code>${outTradeNo ?? ''}</code></td><td>${status === 0 ? '–' : status}</td><td>${code ?? ''}</td></tr>`,
    ),
  )

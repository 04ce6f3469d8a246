/** WeChat's bridge: within WeChat it opens the payment over the page. What it answers is a hint, never a proof. */
import type { Prompt } from '../../../src/payments/schema.ts'

type Bridge = { invoke(name: string, data: object, answer: (result: { err_msg: string }) => void): void }
type JsapiPrompt = Extract<Prompt, { kind: 'jsapi' }>

declare global {
  interface Window {
    WeixinJSBridge?: Bridge
  }
}

/** Resolves to whether the payer seems to have paid. */
export async function payThroughBridge({ kind: _, ...parameters }: JsapiPrompt): Promise<boolean> {
  const bridge = window.WeixinJSBridge ?? (await ready())
  return new Promise((resolve) =>
    bridge.invoke('getBrandWCPayRequest', parameters, ({ err_msg }) =>
      resolve(err_msg === 'get_brand_wcpay_request:ok'),
    ),
  )
}

const ready = (): Promise<Bridge> =>
  new Promise((resolve) =>
    document.addEventListener('WeixinJSBridgeReady', () => resolve(window.WeixinJSBridge!), { once: true }),
  )

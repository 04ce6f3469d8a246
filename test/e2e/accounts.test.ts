import type { Page } from 'playwright-core'
import t from 'tap'
import { rateWindows } from '../../db/schema.ts'
import { launchBrowser, openPage } from '../support/browser.ts'
import { signIn } from '../support/class.ts'
import { openHttpDouble } from '../support/http-double.ts'
import { openSandbox } from '../support/sandbox.ts'
import { makeAccount, openServer } from '../support/server.ts'

t.test('where a captcha is set, a code is sent to persons only', { timeout: 120_000 }, async (t) => {
  // The widget, as Turnstile's script would put it there; and the service that its tokens are checked by.
  const widget = `window.turnstile = {
    render(place, { sitekey, callback, theme, language }) {
      const button = document.createElement('button')
      Object.assign(button, { type: 'button', textContent: [sitekey, theme, language].join(' ') })
      button.dataset.testid = 'prove'
      button.onclick = () => callback('token ' + (window.proofs = (window.proofs ?? 0) + 1))
      place.append(button)
      return 'it'
    },
    remove() {},
  }`
  const tokens: (string | null)[] = []
  const { url: captcha } = await openHttpDouble(t, ({ url, body }) => {
    if (url.pathname === '/api.js') return { body: widget, headers: { 'content-type': 'text/javascript' } }
    tokens.push(new URLSearchParams(body).get('response'))
    return { body: { success: tokens.length > 1, 'error-codes': [] } }
  })
  const server = await openServer({
    DEMO: 'true',
    CAPTCHA_SITE_KEY: 'the-site',
    CAPTCHA_SECRET_KEY: 'the-secret',
    CAPTCHA_VERIFY_URL: `${captcha}/siteverify`,
    CAPTCHA_SCRIPT_URL: `${captcha}/api.js`,
  })
  t.teardown(() => server.close())
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const { page } = await openPage(browser)
  await page.goto(`${server.url}/sign-in`)
  await page.getByText('the-site light zh-CN').waitFor()
  await page.fill('input[name=phone]', '13912345678')
  t.equal(await page.locator('[data-testid=send-code]').isDisabled(), true)
  await page.click('[data-testid=prove]')
  await page.click('[data-testid=send-code]')
  await page.getByText('人机验证没有通过').waitFor()
  await page.click('[data-testid=prove]')
  await page.click('[data-testid=send-code]')
  await page.waitForSelector('[data-testid=demo-code]')
  t.strictSame(tokens, ['token 1', 'token 2'], 'each token is used once')
})

t.test('accounts, as their owners see them', { timeout: 180_000 }, async (t) => {
  const { settings } = await openSandbox(t)
  const wechat = Object.fromEntries(
    Object.entries(settings).filter(([name]) => /^WECHAT_(OPEN|API|WEBSITE|ACCOUNT)/.test(name)),
  )
  const server = await openServer({ ...wechat, DEMO: 'true' })
  t.teardown(() => server.close())
  const { url, users } = server
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const trouble: string[] = []
  const visit = async (options: Parameters<typeof openPage>[1] = {}) => {
    const { page } = await openPage(browser, options)
    page.on('pageerror', (error) => trouble.push(String(error)))
    return page
  }
  /** The code that the demo shows in place of sending it. */
  const codeIn = async (page: Page) => page.locator('[data-testid=demo-code] strong').last().textContent().then(String)
  const phone = '13912345678'

  await t.test('a phone and its code make an account on a phone, in English, and lead back', async (t) => {
    const page = await visit({ phone: true, locale: 'en-US' })
    await page.goto(`${url}/sign-in?next=%2Faccount`)
    await page.fill('input[name=phone]', '139 1234 5678')
    await page.click('[data-testid=send-code]')
    const code = await codeIn(page)
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
    await page.fill('input[name=code]', wrong)
    await page.getByText('This code is wrong').waitFor()
    t.equal(await page.locator('[data-testid=send-code]').isDisabled(), true, 'one waits before the next code')
    await page.fill('input[name=code]', `[Jiangtang] Your code is ${code}. It is good for a while.`)
    await page.getByText('Please read and accept the terms').waitFor()
    const [policy] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'privacy policy' }).click(),
    ])
    await policy.getByRole('heading', { name: 'Privacy policy' }).waitFor()
    await policy.close()
    await page.check('[data-testid=accept-terms]')
    await page.click('[data-testid=phone-sign-in]')
    await page.waitForURL(`${url}/welcome?next=%2Faccount`)
    await page.fill('input[name=displayName]', 'Ann')
    await page.click('[data-testid=save-name]')
    await page.waitForURL(`${url}/account`)
    await page.getByText('139****5678').first().waitFor()
    t.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, 'it fits on the phone')
    t.notMatch(await page.content(), phone)
  })

  await t.test('a forgotten password is set anew, and signs in with the phone', async () => {
    // As if the minute between two codes had passed.
    await server.db.delete(rateWindows)
    const page = await visit()
    await page.goto(`${url}/sign-in?way=reset`)
    await page.fill('input[name=phone]', phone)
    await page.click('[data-testid=send-code]')
    await page.fill('input[name=code]', await codeIn(page))
    await page.fill('input[name=newPassword]', 'a new password')
    await page.getByRole('button', { name: '设置新密码并登录' }).click()
    await page.waitForSelector('[data-testid=user-menu]')
    await page.close()
    await signIn(await visit(), url, { username: phone, password: 'a new password' })
  })

  await t.test('WeChat is linked with a proof, and is a way in from then on', async (t) => {
    const account = await makeAccount(server, 'linker', 'Linker')
    const page = await visit()
    await signIn(page, url, account)
    await page.goto(`${url}/account`)
    await page.click('[data-testid=link-wechat]')
    await page.fill('[role=dialog] input[name=proofPassword]', 'a guess')
    await page.click('[data-testid=confirm-link]')
    await page.locator('[role=dialog] [aria-invalid=true]').waitFor()
    await page.fill('[role=dialog] input[name=proofPassword]', account.password)
    await page.click('[data-testid=confirm-link]')
    await page.click('button[value=Hedy]')
    await page.waitForSelector('[data-testid=unlink-wechat]')
    t.equal(page.url(), `${url}/account`, 'nothing that WeChat said stays in the address')

    const other = await visit()
    await other.goto(`${url}/sign-in?next=%2Faccount`)
    await other.click('[data-testid=wechat-sign-in]')
    await other.click('button[value=Hedy]')
    await other.waitForURL(`${url}/account`)
    await other.getByText('linker', { exact: false }).first().waitFor()
  })

  await t.test('who refuses at WeChat, or never went there, is told so', async () => {
    const page = await visit()
    await page.goto(`${url}/sign-in`)
    await page.click('[data-testid=wechat-sign-in]')
    await page.getByRole('button', { name: '拒绝' }).click()
    await page.getByText('您在微信里没有同意登录').waitFor()
    await page.goto(`${url}/sign-in/wechat?code=stolen&state=${'a'.repeat(64)}`)
    await page.getByText('微信登录没有完成').waitFor()
  })

  await t.test('the account is kept after all, from any page', async () => {
    const account = await makeAccount(server, 'leaver', 'Leaver')
    const page = await visit()
    await signIn(page, url, account)
    await page.goto(`${url}/account`)
    await page.click('[data-testid=delete-account]')
    await page.fill('[role=dialog] input[name=proofPassword]', account.password)
    await page.click('[data-testid=confirm-deletion]')
    await page.waitForSelector('[data-testid=deletion-bar]')
    await page.goto(`${url}/courses`)
    await page.click('[data-testid=deletion-bar] [data-testid=keep-account]')
    await page.waitForSelector('[data-testid=deletion-bar]', { state: 'detached' })
  })

  await t.test('who is banned is out at once, and is told why nothing opens', async (t) => {
    const account = await makeAccount(server, 'seller', 'Seller')
    const operator = await users.ensure(
      { username: 'op', displayName: 'Op', password: 'correct horse battery' },
      'operator',
    )
    const page = await visit()
    await signIn(page, url, account)
    await users.ban({ ...operator, sessionId: '' }, account.id, 'selling lamps')
    await page.goto(`${url}/account`)
    await page.waitForURL(/sign-in/)
    await page.goto(`${url}/sign-in?way=password`)
    await page.fill('input[name=username]', 'seller')
    await page.fill('input[name=password]', account.password)
    await page.click('[data-testid=sign-in-submit]')
    await page.getByText('这个账号已被停用').waitFor()
    t.strictSame(trouble, [])
  })
})

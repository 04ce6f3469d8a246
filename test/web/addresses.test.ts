import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { openServer } from '../support/server.ts'

const web = resolve(import.meta.dirname, '../../web/src')

/** Each address in the client's code, without what is asked, and with `*` for what is filled in. */
const addresses = readdirSync(web, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .flatMap((file) => [...readFileSync(join(web, file), 'utf8').matchAll(/(['`])(\/api\/.*?)\1/g)])
  .map(([, , address]) => address!.replace(/\?.*|\$\{queryOf.*/, '').replace(/\$\{[^}]*\}/g, '*'))

t.test('every address that the client asks is one of the server', async (t) => {
  const server = await openServer()
  t.teardown(() => server.close())
  const { paths } = (await server.app.inject('/api/openapi.json')).json() as { paths: object }
  const served = Object.keys(paths).map((path) => path.replace(/\{[^}]*\}/g, '*'))
  t.ok(addresses.length > 60, 'the addresses were found')
  for (const address of new Set(addresses)) {
    const pattern = new RegExp(`^${address.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}(/|$)`)
    t.ok(
      served.some((path) => pattern.test(path)),
      address,
    )
  }
})

import { readFile } from 'node:fs/promises'
import t from 'tap'
import { openServer } from '../support/server.ts'

const TOKEN = 'a token for tests that is long enough'
const deploy = (file: string) => readFile(new URL(`../../deploy/${file}`, import.meta.url), 'utf8')

/** Figures that are written only once something has happened. */
const NOT_AT_FIRST = ['jiangtang_payment_attempts']

t.test('the dashboard and the alarms name figures that the server has', async (t) => {
  const server = await openServer({ METRICS_TOKEN: TOKEN, BROADCAST: 'false' })
  t.teardown(() => server.close())
  const answer = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })
  const declared = [...(await answer.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name!],
  )
  for (const file of ['grafana-dashboard.json', 'alarms.yml']) {
    const named = new Set((await deploy(file)).match(/\b(jiangtang|nodejs|process)_[a-z0-9_]+/g))
    t.ok(named.size > 8)
    for (const name of named) t.ok([...declared, ...NOT_AT_FIRST].includes(name), `${file}: ${name}`)
  }
})

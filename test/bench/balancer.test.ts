import { once } from 'node:events'
import { createServer } from 'node:http'
import t, { type Test } from 'tap'
import { openBalancer } from '../../bench/drills/balancer.ts'

async function openNode(t: Test, name: string) {
  const server = createServer((_request, response) => response.setHeader('connection', 'close').end(name))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return { server, port: (server.address() as { port: number }).port }
}

t.test('the balancer of the drills takes turns, and goes to the next where a node is gone', async (t) => {
  const [a, b] = [await openNode(t, 'a'), await openNode(t, 'b')]
  const balancer = await openBalancer(() => [a.port, b.port])
  t.teardown(balancer.close)
  const ask = async () => (await fetch(balancer.url)).text()
  const answers = [await ask(), await ask(), await ask(), await ask()]
  t.strictSame(answers.toSorted(), ['a', 'a', 'b', 'b'])
  a.server.close()
  t.strictSame([await ask(), await ask(), await ask()], ['b', 'b', 'b'])
})

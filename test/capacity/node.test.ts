import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { MEASURED, machineOf } from '../../src/capacity/service.ts'
import { makeAccount, openServer } from '../support/server.ts'

const server = await openServer({ BROADCAST: 'false' })
t.teardown(() => server.close())

async function asking(role: 'student' | 'operator') {
  const { username, password } = await makeAccount(server, role, role, role)
  const answer = await server.app.inject({ method: 'POST', url: '/api/session', payload: { username, password } })
  const authorization = `Bearer ${answer.json().accessToken}`
  return async (method: 'GET' | 'PATCH', url: string, payload?: object) => {
    const response = await server.app.inject({ method, url, headers: { authorization }, ...(payload && { payload }) })
    return { status: response.statusCode, body: response.json() }
  }
}

const [student, operator] = [await asking('student'), await asking('operator')]

t.test('operators see workers and rooms, others do not', async (t) => {
  t.equal((await student('GET', '/api/operator/node')).status, 403)
  t.equal((await student('PATCH', '/api/operator/node/tuning', { workers: 2, consumersPerWorker: 100 })).status, 403)
  const { status, body } = await operator('GET', '/api/operator/node')
  t.equal(status, 200)
  t.match(body, {
    workers: [{ index: 0, limit: 500, retiring: false }],
    rooms: [],
    tuning: { workers: 1, consumersPerWorker: 500 },
  })
  t.match(body.machine, { measured: false })
})

t.test('operators tune it while it runs, and that is written down', async (t) => {
  const { status, body } = await operator('PATCH', '/api/operator/node/tuning', { workers: 2, consumersPerWorker: 100 })
  t.equal(status, 200)
  t.match(body, { workers: [{ limit: 100 }, { limit: 100 }], tuning: { workers: 2, consumersPerWorker: 100 } })
  const { body: audit } = await operator('GET', '/api/audit')
  t.match(audit.entries[0], { action: 'nodeTuned', details: { workers: 2, consumersPerWorker: 100 } })
})

t.test('tuning of nonsense is refused', async (t) => {
  for (const [workers, consumersPerWorker] of [
    [0, 500],
    [129, 500],
    [2, 1],
    [2, 10_001],
    [1.5, 500],
  ])
    t.equal((await operator('PATCH', '/api/operator/node/tuning', { workers, consumersPerWorker })).status, 400)
})

t.test('what was measured on this machine is used, and a broken file is not', async (t) => {
  const folder = t.testdir()
  t.match(machineOf(folder), { measured: false })
  await writeFile(join(folder, MEASURED), JSON.stringify({ microsPerPacket: 11, broadcastViewersPerCore: 900 }))
  t.match(machineOf(folder), { measured: true, microsPerPacket: 11, broadcastViewersPerCore: 900 })
  await writeFile(join(folder, MEASURED), JSON.stringify({ microsPerPacket: -1 }))
  t.match(machineOf(folder), { measured: false })
})

import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { ApiError } from '../../web/src/api/errors.ts'
import { Autosave } from '../../web/src/teaching/autosave.ts'

type Form = { title: string; intro: string; price: number }

/** A server with one document of a version; it may be held up, and may fail. */
function createServer() {
  const server = {
    version: 1,
    document: {} as Partial<Form>,
    requests: [] as Partial<Form>[],
    trouble: null as ApiError | null,
    gate: Promise.resolve(),
    save: async (change: Partial<Form>, version: number): Promise<number> => {
      server.requests.push(change)
      await server.gate
      if (server.trouble) throw server.trouble
      if (version !== server.version) throw new ApiError('changed_elsewhere')
      Object.assign(server.document, change)
      server.version += 1
      return server.version
    },
  }
  return server
}

const open = (server: ReturnType<typeof createServer>, retryMs = 5000) =>
  new Autosave<Form>({ version: server.version, save: server.save, delayMs: 5, retryMs })
const status = (save: Autosave<Form>) => save.view.get().status

t.test('typing is sent once, when it stops', async (t) => {
  const server = createServer()
  const save = open(server)
  for (const title of ['L', 'Li', 'Light']) save.change({ title })
  save.change({ price: 1 })
  t.equal(status(save), 'waiting')
  t.equal(save.isSaved, false)
  while (status(save) !== 'saved') await pause(1)
  t.strictSame(server.requests, [{ title: 'Light', price: 1 }])
  t.equal(save.version, 2)
  t.ok(save.isSaved)
})

t.test('what is typed while something is on its way follows it, one request at a time', async (t) => {
  const server = createServer()
  const save = open(server)
  let letGo = () => {}
  server.gate = new Promise((resolve) => {
    letGo = resolve
  })
  save.change({ title: 'One' })
  const done = save.flush()
  save.change({ title: 'Two', intro: 'Hi' })
  t.strictSame(save.unsaved, { title: 'Two', intro: 'Hi' })
  await pause(20)
  t.equal(server.requests.length, 1)
  letGo()
  await done
  await save.flush()
  t.strictSame(server.document, { title: 'Two', intro: 'Hi' })
  t.equal(status(save), 'saved')
})

t.test('what could not be saved is kept, and tried again by itself', async (t) => {
  const server = createServer()
  const save = open(server, 5)
  server.trouble = new ApiError('offline')
  save.change({ title: 'Kept' })
  await save.flush()
  t.equal(status(save), 'failed')
  save.change({ intro: 'Added' })
  t.strictSame(save.unsaved, { title: 'Kept', intro: 'Added' })
  server.trouble = null
  while (status(save) !== 'saved') await pause(1)
  t.strictSame(server.document, { title: 'Kept', intro: 'Added' })
})

t.test('what the server will never take is not sent again until it changes', async (t) => {
  const server = createServer()
  const save = open(server, 1)
  server.trouble = new ApiError('bad_request')
  save.change({ price: -1 })
  await save.flush()
  await pause(20)
  t.equal(server.requests.length, 1)
  server.trouble = null
  save.change({ price: 1 })
  await save.flush()
  t.strictSame(server.document, { price: 1 })
})

t.test('after a conflict', async (t) => {
  const conflict = async () => {
    const server = createServer()
    const save = open(server)
    server.version = 5
    save.change({ title: 'Mine' })
    await save.flush()
    t.equal(status(save), 'conflict')
    save.change({ intro: 'Also mine' })
    await pause(20)
    t.equal(server.requests.length, 1, 'nothing is sent before somebody has decided')
    return { server, save }
  }

  t.test('one’s own goes over theirs', async (t) => {
    const { server, save } = await conflict()
    await save.goOn(server.version, true)
    t.strictSame(server.document, { title: 'Mine', intro: 'Also mine' })
    t.equal(status(save), 'saved')
  })

  t.test('or theirs stays', async (t) => {
    const { server, save } = await conflict()
    await save.goOn(server.version, false)
    t.strictSame(server.document, {})
    t.equal(status(save), 'saved')
    save.change({ title: 'New' })
    await save.flush()
    t.strictSame(server.document, { title: 'New' })
  })
})

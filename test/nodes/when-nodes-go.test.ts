import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type Cluster, lostOf, type Node, startCluster, Visitor } from '../support/nodes.ts'

const cluster = await startCluster(t)
let nodes: Node[] = await Promise.all([cluster.start(), cluster.start()])

/** A class at the first of these nodes, with a student who comes to each. */
async function openClass(t: Test, [owner, ...others]: [Node, ...Node[]]) {
  const { lessonId, teacherId } = await cluster.makeLesson()
  const teacher = new Visitor([owner, ...others], lessonId, teacherId, 'teacher')
  t.teardown(() => teacher.leave())
  await teacher.inside()
  await teacher.client.request('startClass', {})
  const students = await Promise.all(
    [owner, ...others].map(async (node) => {
      const rest = [owner, ...others].filter((other) => other !== node)
      const student = new Visitor([node, ...rest], lessonId, await cluster.makeStudent())
      t.teardown(() => student.leave())
      return student
    }),
  )
  const all = [teacher, ...students]
  await Promise.all(all.map((each) => each.inside()))
  return { lessonId, teacher, students, all }
}

/** Everyone goes on talking until told to stop. */
function chatter(all: Visitor[]) {
  let talking = true
  const done = all.map(async (each) => {
    for (let count = 0; talking; count++) {
      await each.say(`${each.peerId} says ${count}`)
      await pause(300)
    }
  })
  return async () => {
    talking = false
    await Promise.all(done)
  }
}

async function isWhole(t: Test, cluster: Cluster, lessonId: string, all: Visitor[]) {
  for (const each of all) await each.say(`${each.peerId} is back`)
  const { lost, gaps, log } = await lostOf(cluster, lessonId, all)
  t.equal(lost, 0, 'all that was answered is stored')
  t.equal(gaps, 0, 'every place in the log is there once')
  t.notOk(log.some(({ type }) => type === 'classEnded'))
  return log
}

t.test('the room of a node that is killed goes on at another, with all that was stored', async (t) => {
  const [a, b] = nodes as [Node, Node]
  const { lessonId, all } = await openClass(t, [a, b])
  const stop = chatter(all)
  await pause(500)
  a.kill('SIGKILL')
  await a.exited
  for (const each of all) await each.inside()
  await pause(500)
  await stop()
  const log = await isWhole(t, cluster, lessonId, all)
  t.equal(log.filter(({ type }) => type === 'roomOpened').length, 1)
  nodes = [b, await cluster.start()]
})

t.test(
  'a node that stood still while another took its room writes nothing more, and sends on who is left',
  async (t) => {
    const [a, b] = nodes as [Node, Node]
    const { lessonId, teacher, students, all } = await openClass(t, [a, b])
    const [stranded, lucky] = students as [Visitor, Visitor]
    await lucky.say('before')
    a.kill('SIGSTOP')
    // What is sent to a node that stands still waits there, and reaches it with the first breath.
    const late = stranded.client.request('sendMessage', { text: 'too late' }).catch(() => undefined)
    lucky.client.socket.terminate()
    await lucky.inside()
    await lucky.say('the room is here now')
    a.kill('SIGCONT')
    await Promise.all([teacher.client.closed, stranded.client.closed])
    const answer = await late
    if (answer && 'seq' in answer) t.fail('it was told that this was stored')
    for (const each of all) await each.inside()
    const log = await isWhole(t, cluster, lessonId, all)
    t.notOk(log.some(({ data }) => (data as { text?: string }).text === 'too late'))
    t.notOk(log.some(({ type }) => type === 'classPaused') && !log.some(({ type }) => type === 'classResumed'))
  },
)

t.test('nodes that are replaced one by one lose no class', async (t) => {
  const [a, b] = nodes as [Node, Node]
  const { lessonId, all } = await openClass(t, [a, b])
  const stop = chatter(all)
  for (const old of [a, b]) {
    const fresh = await cluster.start()
    nodes = [...nodes.filter((node) => node !== old), fresh]
    for (const each of all) each.nodes = [old, ...nodes]
    old.kill('SIGTERM')
    t.equal(await old.exited, 0, 'it ends in time, and in order')
    for (const each of all) {
      each.nodes = nodes
      await each.inside()
    }
  }
  await stop()
  await isWhole(t, cluster, lessonId, all)
})

import t from 'tap'
import { median, readLatencies } from '../support/browser.ts'
import { announce, attend, goLive, MAIN_VIDEO, picture, serveBrowsers, watch } from '../support/class.ts'

t.test('a class on two media workers', async (t) => {
  const { server, browser } = await serveBrowsers(t, { WORKERS: '2', CONSUMERS_PER_WORKER: '2', BROADCAST: 'false' })
  const teacher = await attend(server, browser, 'teacher', 'teacher', { clockCamera: true })
  const student = await attend(server, browser, 'student', 'student', { phone: true })
  await teacher.page.addInitScript(() => {
    const Real = RTCPeerConnection
    const connections: RTCPeerConnection[] = []
    Object.assign(window, {
      connections,
      RTCPeerConnection: class extends Real {
        constructor(configuration?: RTCConfiguration) {
          super(configuration)
          connections.push(this)
        }
      },
    })
  })
  const lesson = await announce(server, teacher)
  await goLive(teacher, server.url, lesson.id)
  await watch(student, server.url, lesson.id)
  const room = server.media.room(lesson.id)!
  const home = server.pool.workers.find(({ webRtcServer }) => webRtcServer.id === room.webRtcServerId)!
  const branch = server.pool.workers.find((worker) => worker !== home)!

  await t.test('the student receives on another than the one the teacher sends to', async (t) => {
    t.strictSame([home.viewers, branch.viewers], [1, 1])
    const latency = median(await readLatencies(student.page, MAIN_VIDEO, 10))
    t.ok(latency < 1000, `its picture is ${Math.round(latency)} ms old`)
  })

  await t.test('the teacher sends no layer that nobody has use for, until somebody has', async (t) => {
    const sent = (layers: number) =>
      teacher.page.waitForFunction(async (layers) => {
        const { connections } = window as unknown as { connections: RTCPeerConnection[] }
        const senders = connections.flatMap((connection) => connection.getSenders())
        const encodings = senders
          .filter(({ track }) => track?.kind === 'video')
          .flatMap((one) => one.getParameters().encodings)
        return encodings.length === 3 && encodings.filter(({ active }) => active).length === layers
      }, layers)
    await sent(2)
    await student.page.setViewportSize({ width: 1280, height: 900 })
    await sent(3)
    t.pass('a larger picture brings the largest layer back')
  })

  await t.test('the worker of the student dies: the picture comes back, and the teacher notices nothing', async (t) => {
    const producers = () => room.publications().map(({ producerId }) => producerId)
    const before = producers()
    process.kill(branch.worker.pid, 'SIGKILL')
    await student.page
      .waitForFunction((selector) => !document.querySelector(selector), MAIN_VIDEO, { timeout: 5000 })
      .catch(() => {})
    await picture(student.page, MAIN_VIDEO)
    const latency = median(await readLatencies(student.page, MAIN_VIDEO, 10))
    t.ok(latency < 1000, `it is a new picture, ${Math.round(latency)} ms old`)
    t.strictSame(producers(), before, 'what the teacher sends was not begun anew')
    t.notOk(home.worker.closed)
    t.strictSame([...student.trouble, ...teacher.trouble], [])
  })
})

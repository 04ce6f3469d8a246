import t, { type Test } from 'tap'
import { AudioOutput, rememberedOutput } from '../../web/src/classroom/audio-output.ts'
import { settle } from './fake-media.ts'

class FakeElement {
  sinkId = ''
  async setSinkId(id: string) {
    if (id === 'broken') throw new DOMException('gone', 'NotFoundError')
    this.sinkId = id
  }
  as() {
    return this as unknown as HTMLMediaElement
  }
}

const speaker = (deviceId: string, label = deviceId) => ({ kind: 'audiooutput', deviceId, label })
const named = [speaker('default'), speaker('communications'), speaker('desk'), speaker('headset'), speaker('broken')]
const nameless = [{ kind: 'audioinput', deviceId: '', label: '' }, speaker('', '')]

/** A page with these devices; `devices.own` is a browser with a chooser of its own. */
function open(t: Test, found: object[] = named, remembered?: string) {
  const kept = new Map(remembered ? [['device.speaker', remembered]] : [])
  const define = (target: object, name: string, value: unknown) =>
    t.intercept(target as never, name as never, { value })
  let stopped = 0
  const devices = Object.assign(new EventTarget(), {
    found,
    refused: false,
    selectAudioOutput: undefined as undefined | (() => Promise<object>),
    enumerateDevices: async () => devices.found,
    async getUserMedia() {
      if (devices.refused) throw new DOMException('no', 'NotAllowedError')
      devices.found = named
      return { getTracks: () => [{ stop: () => stopped++ }] }
    },
  })
  define(globalThis, 'HTMLMediaElement', FakeElement)
  define(globalThis, 'localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  })
  define(globalThis.navigator, 'mediaDevices', devices)
  const output = new AudioOutput()
  t.teardown(() => output.close())
  const voice = new FakeElement()
  output.add(voice.as())
  const change = async (now: object[]) => {
    devices.found = now
    devices.dispatchEvent(new Event('devicechange'))
    await settle()
  }
  const names = () => output.view.get().devices.map(({ label }) => label)
  return { output, devices, voice, change, names, stopped: () => stopped }
}

t.test('speakers are listed without the system’s own choice, which stands for itself', async (t) => {
  const { output, names } = open(t)
  await settle()
  t.same(names(), ['desk', 'headset', 'broken'])
  t.match(output.view.get(), { deviceId: '', hidden: false })
})

t.test('what is chosen is heard there at once, by voices that come later too, and remembered', async (t) => {
  const { output, voice } = open(t)
  await settle()
  output.choose('headset')
  const later = new FakeElement()
  output.add(later.as())
  await settle()
  t.same([voice.sinkId, later.sinkId], ['headset', 'headset'])
  t.equal(rememberedOutput(), 'headset')
  output.choose('')
  await settle()
  t.same([voice.sinkId, later.sinkId], ['', ''])
})

t.test('the speaker of the last time is taken again', async (t) => {
  const { voice, output } = open(t, named, 'desk')
  await settle()
  t.equal(voice.sinkId, 'desk')
  t.equal(output.view.get().deviceId, 'desk')
})

t.test('a headset that is pulled out leaves the sound to the system, and has it back with its plug', async (t) => {
  const { output, voice, change } = open(t, named, 'headset')
  await settle()
  await change([speaker('desk')])
  t.equal(voice.sinkId, '')
  t.equal(output.view.get().deviceId, '')
  await change(named)
  t.equal(voice.sinkId, 'headset')
})

t.test('a speaker that refuses leaves the sound where it is', async (t) => {
  const { output, voice } = open(t, named, 'desk')
  await settle()
  output.choose('broken')
  await settle()
  t.equal(voice.sinkId, 'desk')
})

t.test('names that the browser hides are asked for, without keeping the microphone', async (t) => {
  const { output, names, stopped } = open(t, nameless, 'desk')
  await settle()
  t.match(output.view.get(), { devices: [], hidden: true, deviceId: '' })
  await output.reveal()
  t.equal(stopped(), 1)
  t.same(names(), ['desk', 'headset', 'broken'])
  t.match(output.view.get(), { hidden: false, deviceId: 'desk' })
})

t.test('who refuses the microphone stays with the system’s choice', async (t) => {
  const { output, devices } = open(t, nameless)
  await settle()
  devices.refused = true
  await t.rejects(output.reveal())
  t.match(output.view.get(), { hidden: true, deviceId: '' })
})

t.test('a browser with a chooser of its own is asked through it', async (t) => {
  const { output, devices, voice, stopped } = open(t, nameless)
  await settle()
  devices.selectAudioOutput = async () => {
    devices.found = [speaker('headset')]
    return speaker('headset')
  }
  await output.reveal()
  await settle()
  t.equal(stopped(), 0)
  t.equal(voice.sinkId, 'headset')
  t.equal(rememberedOutput(), 'headset')
})

t.test('a browser that cannot direct sound offers nothing, and plays', async (t) => {
  t.intercept(globalThis as never, 'HTMLMediaElement' as never, { value: class {} as never })
  const output = new AudioOutput()
  output.add(new FakeElement().as())
  t.equal(output.supported, false)
})

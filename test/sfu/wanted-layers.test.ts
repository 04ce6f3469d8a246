import { EventEmitter } from 'node:events'
import type { types as mediasoup } from 'mediasoup'
import t, { type Test } from 'tap'
import { WantedLayers } from '../../sfu/wanted-layers.ts'

/** A picture of so many layers, as much of it as is looked at. */
function madeUpProducer(layers: number) {
  const observer = new EventEmitter()
  const encodings = Array.from({ length: layers }, () => ({}))
  return { id: 'picture', kind: 'video', rtpParameters: { encodings }, observer } as unknown as mediasoup.Producer
}

function madeUpConsumer() {
  const observer = new EventEmitter()
  const consumer = { producerId: 'picture', paused: false, preferredLayers: undefined as object | undefined, observer }
  return Object.assign(consumer as unknown as mediasoup.Consumer, {
    pause(paused: boolean) {
      consumer.paused = paused
      observer.emit(paused ? 'pause' : 'resume')
    },
  })
}

function watched(t: Test, layers = 3) {
  const told: number[] = []
  const wanted = new WantedLayers((_, spatialLayer) => told.push(spatialLayer), { lowerAfterMs: 100 })
  const producer = madeUpProducer(layers)
  wanted.add(producer)
  t.teardown(() => producer.observer.emit('close'))
  const watch = () => {
    const consumer = madeUpConsumer()
    wanted.watch(consumer)
    const prefer = (spatialLayer: number) => {
      Object.assign(consumer, { preferredLayers: { spatialLayer } })
      wanted.look('picture')
    }
    return Object.assign(consumer, { prefer })
  }
  const after = async (count: number) => {
    while (told.length < count) await new Promise((resolve) => setTimeout(resolve, 10))
    return told
  }
  return { wanted, producer, told, watch, after }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

t.test('a picture that nobody watches is sent small, for the first who comes', async (t) => {
  t.strictSame(await watched(t).after(1), [1])
})

t.test('the highest layer that anybody wants is sent', async (t) => {
  const { watch, after, producer } = watched(t)
  await after(1)
  const small = watch()
  small.prefer(0)
  const large = watch()
  t.strictSame(await after(2), [1, 2], 'who has not said otherwise wants all')
  large.pause(true)
  t.strictSame(await after(3), [1, 2, 1], 'a hidden picture wants nothing')
  large.pause(false)
  t.strictSame(await after(4), [1, 2, 1, 2])
  large.observer.emit('close')
  t.strictSame(await after(5), [1, 2, 1, 2, 1], 'nor does who has left')
  producer.observer.emit('close')
})

t.test('what changes back at once is told to nobody', async (t) => {
  const { watch, told } = watched(t)
  const viewer = watch()
  viewer.prefer(0)
  viewer.prefer(2)
  await pause(300)
  t.strictSame(told, [])
})

t.test('what is broadcast is sent whole', async (t) => {
  const { wanted, watch, after } = watched(t)
  watch().prefer(0)
  await after(1)
  wanted.setWhole('picture', true)
  t.strictSame(await after(2), [1, 2])
  wanted.setWhole('picture', false)
  t.strictSame(await after(3), [1, 2, 1])
})

t.test('a picture of two layers, or one, is left as it is', async (t) => {
  for (const layers of [1, 2]) {
    const { told } = watched(t, layers)
    await pause(300)
    t.strictSame(told, [])
  }
})

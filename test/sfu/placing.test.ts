import t from 'tap'
import { type Burden, lightest, placeForViewer } from '../../sfu/placing.ts'

const worker = (name: string, burden: Partial<Burden> = {}) => ({
  name,
  load: 0,
  routers: 0,
  consumers: 0,
  viewers: 0,
  limit: 100,
  ...burden,
})

t.test('a new class goes to the worker with the most room', async (t) => {
  t.equal(lightest([worker('busy', { load: 0.5 }), worker('idle'), worker('held', { routers: 3 })])!.name, 'idle')
  t.equal(lightest([worker('crowd', { viewers: 30 }), worker('busy', { load: 0.5 })])!.name, 'busy')
  t.equal(lightest([]), undefined)
})

t.test('a viewer', async (t) => {
  const place = (held: [ReturnType<typeof worker>, ...ReturnType<typeof worker>[]], ...others: typeof held) =>
    placeForViewer(held, [...held, ...others]).name

  t.test('stays at home while home is not crowded, however idle others are', async (t) => {
    t.equal(place([worker('home', { load: 0.6 })], worker('idle')), 'home')
    t.equal(place([worker('home', { consumers: 65 })], worker('idle')), 'home')
  })

  t.test(
    'goes to the emptiest worker when home is crowded: by its CPU, its consumers, or those who are coming',
    async (t) => {
      for (const burden of [{ load: 0.7 }, { consumers: 66 }, { viewers: 33 }])
        t.equal(place([worker('home', burden)], worker('busy', { load: 0.3 }), ...[worker('idle')]), 'idle')
    },
  )

  t.test('goes to a branch that has room before another is opened', async (t) => {
    t.equal(place([worker('home', { load: 0.9 }), worker('branch', { load: 0.5 })], worker('idle')), 'branch')
  })

  t.test('is not sent through a pipe for a small gain', async (t) => {
    t.equal(place([worker('home', { load: 0.8 })], worker('other', { load: 0.75 })), 'home')
    t.equal(place([worker('home', { load: 0.8 })], worker('other', { load: 0.65 })), 'other')
  })

  t.test('goes to the emptiest of all where none has room', async (t) => {
    t.equal(
      place([worker('home', { load: 1.2 }), worker('branch', { load: 0.95 })], worker('full', { load: 0.9 })),
      'branch',
    )
  })
})

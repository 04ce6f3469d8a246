import t from 'tap'
import { scrollFor, shareRead, WHOLE } from '../../web/src/lesson/reading.ts'

t.test('an article is read as far as its text has come into the window', async (t) => {
  t.equal(shareRead(800, 4000, 800), 0)
  t.equal(shareRead(200, 4000, 800), 150)
  t.equal(shareRead(-1200, 4000, 800), 500)
  t.equal(shareRead(-3200, 4000, 800), WHOLE)
})

t.test('the last lines count as read when they are near', async (t) => {
  t.equal(shareRead(-3180, 4000, 800), WHOLE)
  t.not(shareRead(-3100, 4000, 800), WHOLE)
})

t.test('a short article is read at once, and one that is not there yet is not', async (t) => {
  t.equal(shareRead(100, 300, 800), WHOLE)
  t.equal(shareRead(100, 0, 800), 0)
})

t.test('going back to a place shows as much as was read there', async (t) => {
  const pageTop = 300
  for (const share of [200, 450, 900]) {
    const scrolled = scrollFor(share, pageTop, 4000, 800)
    t.equal(shareRead(pageTop - scrolled, 4000, 800), share)
  }
})

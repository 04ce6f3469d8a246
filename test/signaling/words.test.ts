import t from 'tap'
import { limits } from '../../signaling/protocol/constants.ts'
import { findWords, hasContact } from '../../signaling/words.ts'

t.test('a banned word is found however it is spelt', async (t) => {
  const find = findWords(['加微信', 'Bad Word', 'casino', 'naïve', '赌博'])
  for (const text of [
    '加微信',
    '请 加 微-信 好友',
    '加\u200b微*信',
    '加\n微\n信',
    'BAD  word',
    'such a bad-word!',
    'ｂａｄ ｗｏｒｄ',
    'the c a s i n o here',
    'c.a.s.i.n.o',
    'CÄSINO',
    'so naive',
    '网上赌 博',
  ])
    t.ok(find(text), text)
})

t.test(
  'a word in Latin letters is not found inside another, and nothing is found in what only looks near',
  async (t) => {
    const find = findWords(['ass', 'sex', '加微信'])
    for (const text of ['class assembly', 'his exam', 'Essex', '加了微信群', '', '   ', '!!!'])
      t.notOk(find(text), text)
    t.ok(find('an ass'))
  },
)

t.test('words of nothing but signs ban nothing', async (t) => {
  const find = findWords(['***', ' ', ''])
  for (const text of ['***', 'anything', '']) t.notOk(find(text), text)
})

t.test('addresses on the web and numbers to call are contacts', async (t) => {
  for (const text of [
    'see https://example.com/a',
    'www.example.cn',
    'go to example.com now',
    'example．ｃｏｍ',
    '电话 13812345678',
    '138 1234 5678',
    '138-1234-5678',
    '１３８１２３４５６７８',
    '+8613812345678',
    '+1 (415) 555-0100',
  ])
    t.ok(hasContact(text), text)
  for (const text of [
    'f(x) = 1.5',
    'version 2.0.1',
    'the year 2026',
    'order 12345678901',
    'node.js is fine',
    '3.14159265358979',
  ])
    t.notOk(hasContact(text), text)
})

t.test('the longest message takes no time to look through for contacts, whatever it is made of', async (t) => {
  const quickest = (text: string) =>
    Math.min(
      ...Array.from({ length: 5 }, () => {
        const before = performance.now()
        hasContact(text)
        return performance.now() - before
      }),
    )
  for (const piece of ['a', 'Ⅷ', '1', '1 ', '(', 'ﷺ']) {
    const took = quickest(piece.repeat(limits.messageLength).slice(0, limits.messageLength))
    t.ok(took < 20, `${piece}: ${took} ms`)
  }
})

import t from 'tap'
import type { Person, Role } from '../../signaling/protocol/events.ts'
import { calledIn, matching, mentionBefore, withMention } from '../../web/src/room/mentions.ts'

const person = (peerId: string, displayName: string, role: Role = 'student'): Person => ({ peerId, displayName, role })

t.test('a name is being typed after an @, in the middle of Chinese too, but not in an address of mail', async (t) => {
  t.same(mentionBefore('hello @an', 9), { start: 6, sought: 'an' })
  t.same(mentionBefore('你好@李', 4), { start: 2, sought: '李' })
  t.same(mentionBefore('@', 1), { start: 0, sought: '' })
  t.same(mentionBefore('hello @an', 5), null)
  t.same(mentionBefore('me@example', 10), null)
  t.same(mentionBefore('@an what', 8), null)
})

t.test('names that begin as typed come first, staff before students, each person once', async (t) => {
  const people = [person('1', 'Hanna'), person('2', 'Anna'), person('3', 'Anders', 'teacher'), person('2', 'Anna')]
  t.same(
    matching(people, 'AN', 9).map(({ peerId }) => peerId),
    ['3', '2', '1'],
  )
  t.equal(matching(people, '', 2).length, 2)
})

t.test('the name takes the place of what was typed, and the caret stands behind it', async (t) => {
  t.same(withMention('hi @an how', 3, 6, 'Anna Li'), { text: 'hi @Anna Li how', caret: 12 })
  t.same(withMention('', 0, 0, '李雷'), { text: '@李雷 ', caret: 4 })
})

t.test('only those whose names are still in the text are called', async (t) => {
  const picked = [person('1', 'Anna'), person('2', 'Bo'), person('1', 'Anna')]
  t.same(calledIn('hello @Anna and Bo', picked), ['1'])
})

import t from 'tap'
import { createPasswords } from '../../src/users/passwords.ts'

const cheap = { memoryKiB: 1024, passes: 1, atOnce: 1, waiting: 2 }

t.test('a password is kept as an argon2id hash of its own, at the cost that is advised', async (t) => {
  const passwords = createPasswords()
  const [one, other] = [await passwords.hash('the same'), await passwords.hash('the same')]
  t.match(one, /^\$argon2id\$v=19\$m=19456,p=1,t=2\$/)
  t.not(one, other)
})

t.test('the right password is told from a wrong one', async (t) => {
  const passwords = createPasswords(cheap)
  const stored = await passwords.hash('right 密码')
  t.equal(await passwords.verify('right 密码', stored), true)
  t.equal(await passwords.verify('right', stored), false)
})

t.test('an unknown user costs as much time as a wrong password', async (t) => {
  const passwords = createPasswords()
  const stored = await passwords.hash('right')
  const fastest = async (hash: string | undefined) => {
    const times = []
    for (let round = 0; round < 7; round++) {
      const before = performance.now()
      t.equal(await passwords.verify('wrong', hash), false)
      times.push(performance.now() - before)
    }
    return Math.min(...times)
  }
  await passwords.verify('warm', undefined)
  const [known, unknown] = [await fastest(stored), await fastest(undefined)]
  t.ok(unknown > known / 3 && unknown < known * 3, `${unknown} ms against ${known} ms`)
})

t.test('a flood of sign-ins is turned away instead of filling the memory', async (t) => {
  const passwords = createPasswords(cheap)
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.hash('x')))
  const refused = results.filter((result) => result.status === 'rejected')
  t.equal(refused.length, 2)
  t.match(refused[0]?.reason, { code: 'unavailable' })
  await t.resolves(passwords.hash('x'))
})

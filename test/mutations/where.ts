/** Where the tests that notice are, narrowed as far as they may be. */

export const suite = (name: 'orders' | 'paying' | 'refunds', database = 'PGlite') => ({
  tests: 'test/orders/orders.test.ts',
  grep: [database, name],
})
export const attack = (name: string, number: number, database = 'PGlite') => ({
  tests: 'test/payments/attacks.test.ts',
  grep: [database, name, `/^${number} /`],
})
export const rules = { tests: 'test/orders/settle-rules.test.ts', grep: ['PGlite'] }

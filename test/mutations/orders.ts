/** What of making, paying and closing orders can be left out or turned round. */
import type { Mutation } from './mutations.ts'
import { attack, rules, suite } from './where.ts'

const orders = (file: string) => `src/orders/${file}`

const settling: Mutation[] = [
  {
    name: 'settle: the amount is not compared',
    file: orders('settle.ts'),
    find: 'const right = attempt.amountFen === report.paidFen',
    replace: 'const right = true',
    ...attack('wrongMoney', 10),
  },
  {
    name: 'settle: more than the amount will do, too',
    file: orders('settle.ts'),
    find: 'attempt.amountFen === report.paidFen',
    replace: 'attempt.amountFen <= report.paidFen',
    ...rules,
  },
  {
    name: 'settle: a second transaction under a paid number is the same',
    file: orders('settle.ts'),
    find: "attempt.providerTxn === report.providerTxn ? 'already' : 'other_transaction'",
    replace: "'already'",
    ...attack('wrongMoney', 18),
  },
  {
    name: 'settle: an attempt that was paid is paid again',
    file: orders('settle.ts'),
    find: "if (attempt.status === 'succeeded')",
    replace: 'if (false)',
    ...attack('forgeries', 4),
  },
  {
    name: 'settle: a closed order is paid after all',
    file: orders('settle.ts'),
    find: 'return right && isOpen(order) ?',
    replace: "return right && (isOpen(order) || order.status === 'closed') ?",
    ...suite('paying'),
  },
  {
    name: 'settle: the number of one provider is that of the other',
    file: orders('settle.ts'),
    find: '${paymentAttempts.provider} = ${provider} and ',
    replace: '${provider} = ${provider} and ',
    ...rules,
  },
  {
    name: 'settle: a wrong amount goes back by itself',
    file: orders('settle.ts'),
    find: "status: right ? 'approved' : 'requested'",
    replace: "status: 'approved'",
    ...attack('wrongMoney', 10),
  },
  {
    name: 'settle: of money that nobody needs nothing goes back',
    file: orders('settle.ts'),
    find: 'if (right) await deps.jobs.add(refundJob',
    replace: 'if (false) await deps.jobs.add(refundJob',
    ...suite('paying'),
  },
  {
    name: 'settle: the amount that was asked for goes back, not the one that came',
    file: orders('settle.ts'),
    find: '      amountFen: report.paidFen,\n      cause: outcome,',
    replace: '      amountFen: attempt.amountFen,\n      cause: outcome,',
    ...attack('wrongMoney', 10),
  },
  {
    name: 'settle: surplus is booked as sold',
    file: orders('settle.ts'),
    find: "bookPayment(tx, report, 'liability:to_refund', at)",
    replace: "bookPayment(tx, report, 'liability:deferred', at)",
    ...rules,
  },
  {
    name: 'settle: money of no order is no alarm',
    file: orders('settle.ts'),
    find: "['amount_mismatch', 'other_transaction', 'orphan']",
    replace: "['amount_mismatch', 'other_transaction']",
    ...attack('wrongMoney', 19),
  },
  {
    name: 'settle: the order is not locked',
    file: orders('settle.ts'),
    find: "where(eq(orders.id, ofNumber)).for('update')",
    replace: 'where(eq(orders.id, ofNumber))',
    tests: rules.tests,
    grep: ['PostgreSQL'],
  },
  {
    name: 'order: no lock before a change',
    file: orders('order.ts'),
    find: "where(where).for('update')",
    replace: 'where(where)',
    tests: rules.tests,
    grep: ['PostgreSQL'],
  },
  {
    name: 'order: it moves from whatever it is',
    file: orders('order.ts'),
    find: 'and(eq(orders.id, id), eq(orders.status, from))',
    replace: 'eq(orders.id, id)',
    ...rules,
  },
  {
    name: 'paid: nothing is granted',
    file: orders('paid.ts'),
    find: 'grantIn(tx, { userId, subject, orderId: order.id, accessDays, at }),',
    replace: 'Promise.resolve({ granted: Boolean(grantIn && accessDays && subject) }),',
    tests: 'test/payments/channels.test.ts',
    grep: ['/wechat_native/'],
  },
  {
    name: 'paid: other attempts stay payable',
    file: orders('paid.ts'),
    find: ".set({ status: 'closing' })",
    replace: '.set({ queryTries: 0 })',
    ...suite('paying'),
  },
  {
    name: 'paid: a coupon is not used up',
    file: orders('paid.ts'),
    find: 'order.couponId ? consume(tx, order.id, at) : undefined,',
    replace: 'void consume,',
    ...suite('orders'),
  },
]

const paying: Mutation[] = [
  {
    name: 'pay: anybody’s order can be paid',
    file: orders('pay.ts'),
    find: 'const mine = and(eq(orders.id, orderId), eq(orders.userId, user.id))!\n  const payer',
    replace: 'const mine = and(eq(orders.id, orderId))!\n  const payer',
    ...attack('clients', 21),
  },
  {
    name: 'cancel: anybody’s order can be cancelled',
    file: orders('close.ts'),
    find: 'and(eq(orders.id, orderId), eq(orders.userId, user.id))!',
    replace: 'eq(orders.id, orderId)',
    ...attack('clients', 21),
  },
  {
    name: 'check: anybody’s order can be asked about',
    file: orders('ask.ts'),
    find: 'and(eq(orders.id, orderId), eq(orders.userId, user.id))!',
    replace: 'eq(orders.id, orderId)',
    ...attack('clients', 21),
  },
  {
    name: 'pay: an order that is about to close can still be paid',
    file: orders('pay.ts'),
    find: 'if (order.expiresAt - at < LEAST_LEFT_MS)',
    replace: 'if (order.expiresAt < at)',
    ...suite('paying'),
  },
  {
    name: 'pay: asked again, there is a second number',
    file: orders('pay.ts'),
    find: 'return live ?? startAttempt(',
    replace: 'void live\n    return startAttempt(',
    ...suite('paying'),
  },
  {
    name: 'pay: the provider may take money longer than the order lives',
    file: orders('pay.ts'),
    find: 'Math.floor((order.expiresAt - LAST_CALL_MS) / 1000) * 1000',
    replace: 'order.expiresAt + LAST_CALL_MS',
    ...suite('paying'),
  },
  {
    name: 'close: the provider is not asked first',
    file: orders('close.ts'),
    find: 'for (const attempt of live) await shut(deps, attempt)',
    replace:
      "for (const attempt of live) await deps.db.update(paymentAttempts).set({ status: 'closed' }).where(eq(paymentAttempts.id, attempt.id))\n    void shut",
    ...suite('paying'),
  },
  {
    name: 'close: what does not close counts as closed',
    file: orders('ask.ts'),
    find: "if (status === 'unpaid') throw new OutcomeUnknown(`${attempt.outTradeNo} does not close`)",
    replace: '',
    ...rules,
  },
  {
    name: 'close: the provider is not told',
    file: orders('ask.ts'),
    find: 'await providerOf(deps, attempt.provider).close(attempt.outTradeNo).catch(paidMeanwhile)',
    replace: 'void paidMeanwhile',
    ...suite('paying'),
  },
  {
    name: 'close: a coupon stays taken',
    file: orders('close.ts'),
    find: '  await release(tx, order.id)\n',
    replace: '  void release\n',
    ...suite('orders'),
  },
  {
    name: 'close: an order is closed before its time',
    file: orders('close.ts'),
    find: ' || order.expiresAt > deps.now()',
    replace: '',
    ...rules,
  },
  {
    name: 'ask: after closing nobody looks for late money',
    file: orders('ask.ts'),
    find: "if (!attempt || attempt.status === 'succeeded') return",
    replace: "if (!attempt || attempt.status === 'succeeded' || attempt.status === 'closed') return",
    ...suite('paying'),
  },
]

const creating: Mutation[] = [
  {
    name: 'coupon: the last one is given twice',
    file: orders('coupons.ts'),
    find: 'and(eq(coupons.id, coupon.id), isNull(coupons.disabledAt), left)',
    replace: 'and(eq(coupons.id, coupon.id), left && isNull(coupons.disabledAt))',
    ...suite('orders', 'PostgreSQL'),
  },
  {
    name: 'coupon: percents are rounded up',
    file: orders('coupons.ts'),
    find: 'Math.floor((priceFen * value) / 100)',
    replace: 'Math.ceil((priceFen * value) / 100)',
    ...suite('orders'),
  },
  {
    name: 'coupon: it takes off more than there is',
    file: orders('coupons.ts'),
    find: 'Math.min(priceFen, kind',
    replace: 'Math.max(0, kind',
    ...rules,
  },
  {
    name: 'order: the coupon is shown, but not taken off',
    file: orders('create.ts'),
    find: 'payableFen: thing.priceFen - discountFen,\n      couponId',
    replace: 'payableFen: thing.priceFen - 0,\n      couponId',
    ...suite('orders'),
  },
  {
    name: 'order: one key, two requests',
    file: orders('idempotency.ts'),
    find: '!earlier || earlier.requestHash !== requestHash',
    replace: '!earlier || !requestHash',
    ...suite('orders'),
  },
]

export const orderMutations = [...settling, ...paying, ...creating]

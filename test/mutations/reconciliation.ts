/** What of the comparison with bills can be left out. */
import type { Mutation } from './mutations.ts'

const reconciling = { tests: 'test/payments/reconcile.test.ts' }

export const reconciliationMutations: Mutation[] = [
  {
    name: 'reconcile: what is missing here is only noted',
    file: 'src/payments/reconcile.ts',
    find: "const outcome = await deps.settlement.settle({ ...report, source: 'bill', eventKey })",
    replace: "const outcome = `${eventKey} ${report.paidAt}` && 'paid'",
    ...reconciling,
  },
  {
    name: 'reconcile: what is missing there is not looked for',
    file: 'src/payments/reconcile.ts',
    find: 'return [...found, ...missing]',
    replace: 'void missing\n  return found',
    ...reconciling,
  },
  {
    name: 'reconcile: amounts of payments are not compared',
    file: 'src/payments/reconcile.ts',
    find: "oursFen === theirsFen ? [] : [{ ...about, kind: 'amount_differs' as const, oursFen }]",
    replace: 'oursFen > 0 ? [] : []',
    ...reconciling,
  },
  {
    name: 'reconcile: amounts of refunds are not compared',
    file: 'src/payments/reconcile.ts',
    find: 'if (refund.amountFen !== theirsFen) return',
    replace: 'if (false) return',
    ...reconciling,
  },
  {
    name: 'reconcile: another transaction under the same number will do',
    file: 'src/payments/reconcile.ts',
    find: "if (attempt.status === 'succeeded' && attempt.providerTxn !== providerTxn)",
    replace: 'if (false)',
    ...reconciling,
  },
  {
    name: 'reconcile: a refund that is missing here is only noted',
    file: 'src/payments/reconcile.ts',
    find: "const outcome = await deps.settlement.refundReported({ ...report, source: 'bill', eventKey: `bill:${number}` })",
    replace: "const outcome = report && 'applied'",
    ...reconciling,
  },
  {
    name: 'reconcile: no bill, though there were payments, is a day without',
    file: 'src/payments/reconcile.ts',
    find: "if (lines.length === 0 && ours.count > 0) throw new Error('there is no bill, but there were payments')",
    replace: '',
    ...reconciling,
  },
  {
    name: 'reconcile: fees are booked at every comparison',
    file: 'src/payments/reconcile.ts',
    find: 'if ((await tx.$count(ledgerTransactions, known)) > 0) return',
    replace: 'void known',
    ...reconciling,
  },
  {
    name: 'reconcile: fees that were given back are charged again',
    file: 'src/payments/reconcile.ts',
    find: 'sum + feeMilliFen, 0) / 1000)',
    replace: 'sum + Math.abs(feeMilliFen), 0) / 1000)',
    ...reconciling,
  },
  {
    name: 'reconcile: a difference is no alarm',
    file: 'src/payments/reconcile.ts',
    find: "if (status === 'differs') log.error(",
    replace: "if (status === 'differs') log.info(",
    ...reconciling,
  },
  {
    name: 'reconcile: what was found before is found again beside it',
    file: 'src/payments/reconcile.ts',
    find: '.where(and(eq(reconciliationDifferences.reconciliationId, reconciliationId), unresolved))',
    replace: '.where(and(eq(reconciliationDifferences.reconciliationId, reconciliationId), unresolved, sql`false`))',
    ...reconciling,
  },
  {
    name: 'reconcile: the day is that of Greenwich',
    file: 'src/payments/money.ts',
    find: '`${day}T00:00:00+08:00`',
    replace: '`${day}T00:00:00Z`',
    ...reconciling,
  },
]

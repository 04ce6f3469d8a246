/** What the database refuses, whatever the code does: rules without which it would take it. */
import type { Mutation } from './mutations.ts'

const file = 'db/migrations/0003_money_rules.sql'
const rules = { file, tests: 'test/db/money-rules.test.ts', grep: ['PGlite'] }

export const databaseMutations: Mutation[] = [
  {
    name: 'sql: a closed order may be paid',
    find: "'pending>closed', 'paying>paid'",
    replace: "'closed>paying', 'pending>closed', 'paying>paid'",
    ...rules,
  },
  {
    name: 'sql: a refund may succeed before it is approved',
    find: "'requested>rejected', ",
    replace: "'requested>rejected', 'requested>succeeded', ",
    ...rules,
  },
  {
    name: 'sql: the price of an order may change',
    find: 'NEW.list_fen, NEW.discount_fen, NEW.payable_fen, NEW.agreement_version)\n    IS DISTINCT FROM (OLD.order_no, OLD.user_id, OLD.course_id, OLD.plan_id, OLD.list_fen, OLD.discount_fen, OLD.payable_fen,',
    replace: 'NEW.agreement_version)\n    IS DISTINCT FROM (OLD.order_no, OLD.user_id, OLD.course_id, OLD.plan_id,',
    ...rules,
  },
  {
    name: 'sql: the amount of an attempt may change',
    find: 'NEW.out_trade_no, NEW.amount_fen)\n    IS DISTINCT FROM (OLD.order_id, OLD.channel, OLD.provider, OLD.out_trade_no, OLD.amount_fen)',
    replace: 'NEW.out_trade_no)\n    IS DISTINCT FROM (OLD.order_id, OLD.channel, OLD.provider, OLD.out_trade_no)',
    ...rules,
  },
  {
    name: 'sql: a second transaction may take the place of the first',
    find: "IF OLD.status = 'succeeded' AND (NEW.provider_txn, NEW.role)",
    replace: "IF OLD.status = 'never' AND (NEW.provider_txn, NEW.role)",
    ...rules,
  },
  {
    name: 'sql: an order may be paid by the attempt of another',
    find: ' AND order_id = NEW.id',
    replace: '',
    ...rules,
  },
  {
    name: 'sql: an order may be paid with too little',
    find: ' AND amount_fen = NEW.payable_fen',
    replace: '',
    ...rules,
  },
  { name: 'sql: an order may be paid by surplus', find: " AND role = 'settling'", replace: '', ...rules },
  {
    name: 'sql: more may go back than came in',
    find: 'IF back > COALESCE(paid, 0) THEN',
    replace: 'IF false THEN',
    ...rules,
  },
  {
    name: 'sql: refunds that failed count as gone back',
    find: " AND status NOT IN ('rejected', 'failed')",
    replace: '',
    ...rules,
  },
  {
    name: 'sql: the books need not balance',
    find: 'WHERE transaction_id = NEW.transaction_id) <> 0',
    replace: 'WHERE transaction_id = NEW.transaction_id) > 1000000',
    ...rules,
  },
  {
    name: 'sql: entries of the books may change',
    find: 'BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries',
    replace: 'BEFORE TRUNCATE ON ledger_entries',
    ...rules,
  },
  {
    name: 'sql: transactions of the books may change',
    find: 'BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions',
    replace: 'BEFORE TRUNCATE ON ledger_transactions',
    ...rules,
  },
  {
    name: 'sql: the history of orders may change',
    find: 'BEFORE UPDATE OR DELETE OR TRUNCATE ON order_events',
    replace: 'BEFORE TRUNCATE ON order_events',
    ...rules,
  },
]

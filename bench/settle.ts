/** How fast paid notices are settled on PostgreSQL, beside the same statements sent by a bare client. */
import { randomUUID } from 'node:crypto'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres, { type Sql } from 'postgres'
import { keepingStatements, openDatabase } from '../db/client.ts'
import * as schema from '../db/schema.ts'
import { createMemoryBus } from '../src/adapters/memory-bus.ts'
import { readAgreement } from '../src/orders/agreement.ts'
import { createOrders } from '../src/orders/service.ts'
import type { PaymentReport } from '../src/payments/provider.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { type Benchmark, type Own, owning, type Progress } from './benchmark.ts'
import { median } from './statistics.ts'

const ORDERS = 400
const AT_ONCE = 8
const WARM_UPS = 1
const ROUNDS = 7
const PRICE_FEN = 19_900

export const settle: Benchmark = {
  name: 'settle',
  about: `paid notices a second that are settled on PostgreSQL, ${AT_ONCE} at a time`,
  aims: { ratioToRaw: { atLeast: 0.7 } },
  run: (progress) => owning((own) => measure(own, progress)),
}

async function measure(own: Own, progress: Progress) {
  const url = await startPostgres({ teardown: (close) => void own(close, (each) => each?.()) })
  await (await openDatabase(url)).close()
  const client = own(postgres(url, { onnotice: () => {} }), (each) => each.end({ timeout: 5 }))
  const recorder = createRecorder()
  const settleOne = createSettle(client, recorder)
  const courseId = await layOutCourse(client)

  const [first] = await layOut(client, courseId, 1)
  const queries = await recorder.during(() => settleOne(first!))
  const script = await scriptOf(client, queries, first!)
  progress(`${script.flat().length} statements settle an order, sent in ${script.length} goes`)

  const product: number[] = []
  const bare: number[] = []
  for (let round = 1 - WARM_UPS; round <= ROUNDS; round++) {
    // As PostgreSQL does by itself every minute: plans for the empty tables of the start are not kept.
    await client`analyze`
    const ours = await perSecond(await layOut(client, courseId, ORDERS), settleOne)
    const theirs = await perSecond(await layOut(client, courseId, ORDERS), (sale) => replay(client, script, sale))
    if (round < 1) continue
    product.push(ours)
    bare.push(theirs)
    progress(`round ${round} of ${ROUNDS}: ${Math.round(ours)} beside ${Math.round(theirs)} a second`)
  }
  return { ordersPerSecond: median(product), ratioToRaw: median(product.map((each, round) => each / bare[round]!)) }
}

/** An order that a provider is about to say is paid. */
type Sale = {
  orderId: string
  attemptId: string
  userId: string
  courseId: string
  outTradeNo: string
  providerTxn: string
}
/** `turn`: of the event loop; what is sent in the same one did not wait for each other's answer. */
type Query = { text: string; params: unknown[]; turn: number }

function createRecorder() {
  const queries: Query[] = []
  let turn = 0
  let recording = false
  const count = () => {
    turn += 1
    if (recording) setImmediate(count)
  }
  return {
    logQuery: (text: string, params: unknown[]) => void (recording && queries.push({ text, params, turn })),
    async during(work: () => Promise<unknown>): Promise<Query[]> {
      recording = true
      count()
      await work()
      recording = false
      return queries
    },
  }
}

function createSettle(client: Sql, logger: { logQuery(text: string, params: unknown[]): void }) {
  const silent = () => {}
  const orders = createOrders({
    db: drizzle(keepingStatements(client), { schema, logger }),
    jobs: { handle: async () => {}, add: async () => {}, every: async () => {}, close: async () => {} },
    bus: createMemoryBus(Date.now),
    log: { info: silent, warn: silent, error: console.error },
    now: Date.now,
    providers: [],
    openidOf: async () => null,
    agreement: readAgreement(),
    publicUrl: 'http://localhost',
    orderTtlMinutes: 30,
    refundSecondPersonFen: 0,
  })
  return async (sale: Sale) => {
    const outcome = await orders.settle(reportOf(sale))
    if (outcome !== 'paid') throw new Error(`an order was ${outcome}`)
  }
}

const reportOf = ({ outTradeNo, providerTxn }: Sale): PaymentReport => ({
  provider: 'wechat',
  outTradeNo,
  providerTxn,
  paidFen: PRICE_FEN,
  paidAt: Date.now(),
  source: 'notice',
  eventKey: `notice-${outTradeNo}`,
})

async function layOutCourse(client: Sql): Promise<string> {
  const [teacher] = await client<{ id: string }[]>`
    insert into users (username, display_name, password_hash, created_at) values ('teacher', 'T', '-', 1) returning id`
  const [course] = await client<{ id: string }[]>`
    insert into courses (teacher_id, title, price_fen, status, created_at, updated_at)
    values (${teacher!.id}, 'Light', ${PRICE_FEN}, 'published', 1, 1) returning id`
  return course!.id
}

/** So many orders, each of another person, each with one attempt. */
const layOut = async (client: Sql, courseId: string, count: number): Promise<Sale[]> =>
  client<Sale[]>`
    with buyers as (
      insert into users (username, display_name, password_hash, created_at)
      select 'b' || replace(gen_random_uuid()::text, '-', ''), 'B', '-', 1 from generate_series(1, ${count}) returning id
    ), made as (
      insert into orders (order_no, user_id, course_id, title, list_fen, payable_fen, status, agreement_version,
        consented_at, expires_at, created_at)
      select gen_random_uuid()::text, id, ${courseId}, 'Light', ${PRICE_FEN}, ${PRICE_FEN}, 'paying', '1', 1,
        ${Date.now() + 1_800_000}, 1 from buyers returning id, user_id
    )
    insert into payment_attempts (order_id, channel, provider, out_trade_no, amount_fen, status, payer, expires_at, created_at)
    select id, 'wechat_native', 'wechat', 'P' || left(replace(gen_random_uuid()::text, '-', ''), 24), ${PRICE_FEN},
      'pending', '{}', ${Date.now() + 1_700_000}, 1 from made
    returning order_id as "orderId", id as "attemptId", out_trade_no as "outTradeNo",
      (select user_id from made where made.id = order_id) as "userId", ${courseId} as "courseId",
      gen_random_uuid()::text as "providerTxn"`

async function perSecond(sales: Sale[], work: (sale: Sale) => Promise<unknown>): Promise<number> {
  const waiting = [...sales]
  const start = performance.now()
  const worker = async () => {
    for (let sale = waiting.pop(); sale; sale = waiting.pop()) await work(sale)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return (sales.length / (performance.now() - start)) * 1000
}

/** What of a statement belongs to the sale; the rest is the same for all. */
type Known = Record<string, string>
type Line = { text: string; params: { name?: string; value?: unknown }[] }

const knownOf = (sale: Sale, ledgerId: string): Known => ({
  ...sale,
  ledgerId,
  reference: `wechat:${sale.providerTxn}`,
  eventKey: `notice-${sale.outTradeNo}`,
})

/** The statements of one settlement, with what belongs to the sale left open; those that went out together, together. */
async function scriptOf(client: Sql, queries: Query[], sale: Sale): Promise<Line[][]> {
  const [entry] = await client<{ id: string }[]>`
    select id from ledger_transactions where reference = ${`wechat:${sale.providerTxn}`}`
  const names = new Map(Object.entries(knownOf(sale, entry!.id)).map(([name, value]) => [value, name]))
  const lineOf = ({ text, params }: Query): Line => ({
    text,
    params: params.map((value) => {
      const name = names.get(String(value))
      return name ? { name } : { value }
    }),
  })
  const statements = queries.filter(({ text }) => !/^(begin|commit)/i.test(text))
  return [...Map.groupBy(statements, ({ turn }) => turn).values()].map((together) => together.map(lineOf))
}

/** In a transaction, prepared once, waiting only where the product waits, and nothing made of the answers. */
const replay = (client: Sql, script: Line[][], sale: Sale) =>
  client.begin(async (tx) => {
    const known = knownOf(sale, randomUUID())
    for (const together of script)
      await Promise.all(
        together.map(({ text, params }) => {
          const filled = params.map(({ name, value }) => (name ? known[name]! : (value as string)))
          return tx.unsafe(text, filled, { prepare: true })
        }),
      )
  })

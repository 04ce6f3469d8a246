/** Payments: how the attempts of the last hour stand, asked of the database, so that every node says the same. */
import { count, gt } from 'drizzle-orm'
import { Gauge, type Registry } from 'prom-client'
import type { Db } from '../../db/client.ts'
import { paymentAttempts, refunds } from '../../db/schema.ts'

export type PaymentMetricsDeps = { db: Db; now: () => number }

const WINDOW_MS = 3_600_000

export function paymentMetrics(registry: Registry, { db, now }: PaymentMetricsDeps): void {
  const registers = [registry]
  new Gauge({
    name: 'jiangtang_payment_attempts',
    help: 'Payment attempts that were begun in the last hour, by how they stand',
    labelNames: ['provider', 'status'],
    registers,
    async collect() {
      const { provider, status, createdAt } = paymentAttempts
      const rows = await db
        .select({ provider, status, attempts: count() })
        .from(paymentAttempts)
        .where(gt(createdAt, now() - WINDOW_MS))
        .groupBy(provider, status)
      this.reset()
      for (const { attempts, ...labels } of rows) this.set(labels, attempts)
    },
  })
  new Gauge({
    name: 'jiangtang_refunds',
    help: 'Refunds that were asked for in the last hour, by how they stand',
    labelNames: ['status'],
    registers,
    async collect() {
      const { status, createdAt } = refunds
      const rows = await db
        .select({ status, refunds: count() })
        .from(refunds)
        .where(gt(createdAt, now() - WINDOW_MS))
        .groupBy(status)
      this.reset()
      for (const row of rows) this.set({ status: row.status }, row.refunds)
    },
  })
}

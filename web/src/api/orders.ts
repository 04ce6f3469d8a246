/** Every call to the server about orders and money, by name. */
import type { Agreement, NewOrder, OrderAnswer, OrderPage, PayAnswer, Quote } from '../../../src/orders/schema.ts'
import type { Channel, ChannelList } from '../../../src/payments/schema.ts'
import { http, timed } from './api.ts'

/** What is bought: a course or a membership. */
export type Wanted = { courseId: string } | { planId: string }

const order = (id: string) => `/api/orders/${encodeURIComponent(id)}`

const query = (values: Record<string, string | undefined>) =>
  new URLSearchParams(Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])))

export const ordersApi = {
  agreement: () => http.get<Agreement>('/api/agreement'),
  channels: () => http.get<ChannelList>('/api/payment-channels'),
  quote: (wanted: Wanted, coupon?: string) => http.get<Quote>(`/api/quote?${query({ ...wanted, coupon })}`),
  /** `key` makes a request that is sent twice count once. */
  create: (wish: NewOrder, key: string) =>
    timed(() => http.post<OrderAnswer>('/api/orders', wish, { 'idempotency-key': key })),
  list: (filter: string, after?: string, wanted?: Wanted) =>
    timed(() => http.get<OrderPage>(`/api/orders?${query({ filter, after, ...wanted })}`)),
  get: (id: string) => timed(() => http.get<OrderAnswer>(order(id))),
  pay: (id: string, channel: Channel) => timed(() => http.post<PayAnswer>(`${order(id)}/pay`, { channel })),
  check: (id: string) => timed(() => http.post<OrderAnswer>(`${order(id)}/check`)),
  cancel: (id: string) => timed(() => http.post<OrderAnswer>(`${order(id)}/cancel`)),
  requestRefund: (id: string, reason: string, key: string) =>
    timed(() => http.post<OrderAnswer>(`${order(id)}/refund-request`, { reason }, { 'idempotency-key': key })),
}

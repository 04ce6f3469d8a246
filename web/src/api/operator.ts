/** Every call of operators about orders and money, by name. */
import type { AuditPage } from '../../../src/audit/schema.ts'
import type { NodeState, Tuning } from '../../../src/capacity/schema.ts'
import type {
  Coupon,
  CouponChange,
  CouponPage,
  FoundOrderPage,
  NewCoupon,
  OperatorRefund,
  OrderDetail,
} from '../../../src/orders/schema.ts'
import type {
  AlarmPage,
  Approval,
  DifferencePage,
  Provider,
  ReconciliationPage,
  Refund,
  RefundPage,
  SelfTest,
} from '../../../src/payments/schema.ts'
import type { AccountRole, FoundUser, ManagedUser, UserPage } from '../../../src/users/schema.ts'
import { http } from './api.ts'

type Values = Record<string, string | undefined>

const page = <T>(path: string, values: Values) => {
  const given = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return http.get<T>(`${path}?${new URLSearchParams(given)}`)
}
const account = (id: string) => `/api/users/${encodeURIComponent(id)}`
const refund = (id: string) => `/api/operator/refunds/${encodeURIComponent(id)}`

export const operatorApi = {
  orders: (values: Values) => page<FoundOrderPage>('/api/operator/orders', values),
  order: (id: string) => http.get<OrderDetail>(`/api/operator/orders/${encodeURIComponent(id)}`),
  refunds: (values: Values) => page<RefundPage>('/api/operator/refunds', values),
  refundOrder: (id: string, wish: OperatorRefund, key: string) =>
    http.post<Refund>(`/api/operator/orders/${encodeURIComponent(id)}/refunds`, wish, { 'idempotency-key': key }),
  approve: (id: string, approval: Approval) => http.post<Refund>(`${refund(id)}/approve`, approval),
  second: (id: string) => http.post<Refund>(`${refund(id)}/second`),
  reject: (id: string, answer: string) => http.post<Refund>(`${refund(id)}/reject`, { answer }),
  retry: (id: string) => http.post<Refund>(`${refund(id)}/retry`),
  coupons: (values: Values) => page<CouponPage>('/api/operator/coupons', values),
  createCoupon: (coupon: NewCoupon) => http.post<Coupon>('/api/operator/coupons', coupon),
  changeCoupon: (id: string, change: CouponChange) =>
    http.patch<Coupon>(`/api/operator/coupons/${encodeURIComponent(id)}`, change),
  reconciliations: (values: Values) => page<ReconciliationPage>('/api/operator/reconciliations', values),
  reconcile: (provider: Provider, billDate: string) =>
    http.post<void>('/api/operator/reconciliations', { provider, billDate }),
  differences: (values: Values) => page<DifferencePage>('/api/operator/differences', values),
  resolve: (id: string, note: string) =>
    http.post<void>(`/api/operator/differences/${encodeURIComponent(id)}/resolve`, { note }),
  alarms: (values: Values) => page<AlarmPage>('/api/operator/alarms', values),
  seen: (id: string) => http.post<void>(`/api/operator/alarms/${encodeURIComponent(id)}/seen`),
  selfTest: () => http.get<SelfTest>('/api/operator/payments/self-test'),
  node: () => http.get<NodeState>('/api/operator/node'),
  tuneNode: (tuning: Tuning) => http.patch<NodeState>('/api/operator/node/tuning', tuning),
  users: (values: Values) => page<UserPage>('/api/users', values),
  userByPhone: (phone: string) => http.post<FoundUser>('/api/users/by-phone', { phone }),
  ban: (id: string, reason: string) => http.put<ManagedUser>(`${account(id)}/ban`, { reason }),
  unban: (id: string) => http.delete<ManagedUser>(`${account(id)}/ban`),
  setRole: (id: string, role: AccountRole) => http.put<ManagedUser>(`${account(id)}/role`, { role }),
  audit: (values: Values) => page<AuditPage>('/api/audit', values),
}

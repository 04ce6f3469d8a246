/** The pages of operators, in one download. */
export { OperatorAuditPage } from './audit-page.tsx'
export { OperatorCataloguePage } from './catalogue-page.tsx'
export { OperatorCouponsPage } from './coupons-page.tsx'
export { OperatorOrderPage } from './order-page.tsx'
export { OperatorOrdersPage } from './orders-page.tsx'
export { OperatorReconciliationPage } from './reconciliation-page.tsx'
export { OperatorRefundsPage } from './refunds-page.tsx'
export { OperatorUsersPage } from './users-page.tsx'

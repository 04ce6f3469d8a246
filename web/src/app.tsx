/** All routes, and what surrounds them. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useEffect } from 'react'
import { BrowserRouter, Navigate, Outlet, Route, Routes, useLocation, useNavigationType } from 'react-router'
import { ApiError } from './api/errors.ts'
import { useFreshData } from './api/use-fresh-data.ts'
import { HomePage } from './home/home-page.tsx'
import { ErrorBoundary } from './layout/error-boundary.tsx'
import { NotFound } from './layout/not-found.tsx'
import { PageFrame } from './layout/page-frame.tsx'
import { LessonRoute } from './lesson/loaded-lesson.ts'
import { NoteList } from './ui/note-list.tsx'
import { Skeleton } from './ui/states.tsx'

const SignInPage = lazy(() => import('./account/sign-in-page.tsx').then((module) => ({ default: module.SignInPage })))
const WechatReturnPage = lazy(() =>
  import('./account/wechat-return-page.tsx').then((module) => ({ default: module.WechatReturnPage })),
)
const WelcomePage = lazy(() => import('./account/welcome-page.tsx').then((module) => ({ default: module.WelcomePage })))
const TermsPage = lazy(() => import('./account/terms-page.tsx').then((module) => ({ default: module.TermsPage })))
const AccountPage = lazy(() => import('./account/account-page.tsx').then((module) => ({ default: module.AccountPage })))
const TeachingPage = lazy(() =>
  import('./teaching/teaching-page.tsx').then((module) => ({ default: module.TeachingPage })),
)
const CourseEditorPage = lazy(() =>
  import('./teaching/editor/course-editor-page.tsx').then((module) => ({ default: module.CourseEditorPage })),
)
const LessonEditorPage = lazy(() =>
  import('./teaching/editor/lesson-editor-page.tsx').then((module) => ({ default: module.LessonEditorPage })),
)
const CheckoutPage = lazy(() =>
  import('./checkout/checkout-page.tsx').then((module) => ({ default: module.CheckoutPage })),
)
const OrdersPage = lazy(() => import('./orders/orders-page.tsx').then((module) => ({ default: module.OrdersPage })))
const SalesPage = lazy(() => import('./sales/sales-page.tsx').then((module) => ({ default: module.SalesPage })))
const operatorPages = () => import('./operator/pages.ts')
const OperatorOrdersPage = lazy(() => operatorPages().then((module) => ({ default: module.OperatorOrdersPage })))
const OperatorOrderPage = lazy(() => operatorPages().then((module) => ({ default: module.OperatorOrderPage })))
const OperatorRefundsPage = lazy(() => operatorPages().then((module) => ({ default: module.OperatorRefundsPage })))
const OperatorReconciliationPage = lazy(() =>
  operatorPages().then((module) => ({ default: module.OperatorReconciliationPage })),
)
const OperatorCouponsPage = lazy(() => operatorPages().then((module) => ({ default: module.OperatorCouponsPage })))
const OperatorCataloguePage = lazy(() => operatorPages().then((module) => ({ default: module.OperatorCataloguePage })))
const OperatorUsersPage = lazy(() => operatorPages().then((module) => ({ default: module.OperatorUsersPage })))
const OperatorNodePage = lazy(() => operatorPages().then((module) => ({ default: module.OperatorNodePage })))
const OperatorAuditPage = lazy(() => operatorPages().then((module) => ({ default: module.OperatorAuditPage })))
const CataloguePage = lazy(() =>
  import('./catalogue/catalogue-page.tsx').then((module) => ({ default: module.CataloguePage })),
)
const CoursePage = lazy(() => import('./course/course-page.tsx').then((module) => ({ default: module.CoursePage })))
const LearningPage = lazy(() =>
  import('./learning/learning-page.tsx').then((module) => ({ default: module.LearningPage })),
)
const MembershipPage = lazy(() =>
  import('./membership/membership-page.tsx').then((module) => ({ default: module.MembershipPage })),
)

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.code === 'offline',
    },
  },
})

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <BrowserRouter>
        <Screens />
      </BrowserRouter>
      <NoteList />
    </QueryClientProvider>
  )
}

function Screens() {
  const { pathname } = useLocation()
  const way = useNavigationType()
  useFreshData()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page begins at its top; on the way back the browser finds the place
  useEffect(() => {
    if (way !== 'POP') scrollTo(0, 0)
  }, [pathname])
  return (
    <ErrorBoundary key={pathname}>
      <Routes>
        <Route path="/lessons/:id" element={<LessonRoute />} />
        <Route
          element={
            <PageFrame>
              <Later>
                <Outlet />
              </Later>
            </PageFrame>
          }
        >
          <Route index element={<HomePage />} />
          <Route path="/sign-in" element={<SignInPage tab="signIn" />} />
          <Route path="/sign-up" element={<SignInPage tab="signUp" />} />
          <Route path="/sign-in/wechat" element={<WechatReturnPage purpose="signIn" />} />
          <Route path="/terms" element={<TermsPage text="terms" />} />
          <Route path="/privacy" element={<TermsPage text="privacy" />} />
          <Route path="/welcome" element={<WelcomePage />} />
          <Route path="/account" element={<AccountPage />} />
          <Route path="/account/wechat" element={<WechatReturnPage purpose="link" />} />
          <Route path="/teaching" element={<TeachingPage />} />
          <Route path="/courses" element={<CataloguePage />} />
          <Route path="/courses/:id" element={<CoursePage />} />
          <Route path="/learning" element={<LearningPage />} />
          <Route path="/membership" element={<MembershipPage />} />
          <Route path="/checkout" element={<CheckoutPage />} />
          <Route path="/orders" element={<OrdersPage />} />

          <Route path="/teaching/courses/:id" element={<CourseEditorPage />} />
          <Route path="/teaching/courses/:id/lessons/:lessonId" element={<LessonEditorPage />} />
          <Route path="/teaching/sales" element={<SalesPage />} />
          <Route path="/operator" element={<Navigate to="/operator/orders" replace />} />
          <Route path="/operator/orders" element={<OperatorOrdersPage />} />
          <Route path="/operator/orders/:id" element={<OperatorOrderPage />} />
          <Route path="/operator/refunds" element={<OperatorRefundsPage />} />
          <Route path="/operator/reconciliation" element={<OperatorReconciliationPage />} />
          <Route path="/operator/coupons" element={<OperatorCouponsPage />} />
          <Route path="/operator/catalogue" element={<OperatorCataloguePage />} />
          <Route path="/operator/users" element={<OperatorUsersPage />} />
          <Route path="/operator/node" element={<OperatorNodePage />} />
          <Route path="/operator/audit" element={<OperatorAuditPage />} />
          <Route path="*" element={<NotFound />} />
        </Route>
      </Routes>
    </ErrorBoundary>
  )
}

const Later = ({ children }: { children: ReactNode }) => <Suspense fallback={<Waiting />}>{children}</Suspense>

const Waiting = () => (
  <div className="mx-auto flex w-full max-w-5xl flex-col gap-4 px-4 py-10">
    <Skeleton className="h-8 w-48" />
    <Skeleton className="h-48" />
  </div>
)

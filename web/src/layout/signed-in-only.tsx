/** Lets in who is signed in, and sends others to sign in and back. */
import type { ReactNode } from 'react'
import { Navigate, useLocation } from 'react-router'
import type { Account } from '../../../src/users/schema.ts'
import { session } from '../api/api.ts'
import { Skeleton } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'

export function SignedInOnly({ children }: { children: (user: Account) => ReactNode }) {
  const { status, user } = useStore(session.view)
  const { pathname } = useLocation()
  if (status === 'signed_out') return <Navigate to={`/sign-in?${new URLSearchParams({ next: pathname })}`} replace />
  if (!user) return <Skeleton className="mx-auto mt-12 h-48 max-w-2xl rounded-card" />
  return children(user)
}

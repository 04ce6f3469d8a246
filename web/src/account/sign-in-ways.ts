/** The ways in that this server has. */
import { useQuery } from '@tanstack/react-query'
import type { SignInWays } from '../../../src/users/schema.ts'
import { send } from '../api/http.ts'

export const useSignInWays = () =>
  useQuery({
    queryKey: ['sign-in-ways'],
    queryFn: () => send<SignInWays>('GET', '/api/sign-in-ways'),
    staleTime: 60_000,
  })

/** The memberships on sale, and which of them is one's own. */
import { useQuery } from '@tanstack/react-query'
import { api } from '../api/api.ts'

export const usePlans = (enabled = true) => useQuery({ queryKey: ['plans'], queryFn: api.membershipPlans, enabled })

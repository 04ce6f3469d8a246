/** What accounts can be. */
import type { AccountRole, ManagedUser } from '../../../src/users/schema.ts'

export type { AccountRole, ManagedUser }
export const accountRoles = ['student', 'assistant', 'teacher', 'operator', 'admin'] as const satisfies AccountRole[]

/** How long a trial still runs: from the moment the server tells, or, told before the class began, from its beginning. */
import type { TicketAnswer } from '../../../src/entitlements/schema.ts'

type Trial = NonNullable<TicketAnswer['trial']>

/** When a trial is over, in milliseconds since 1970; null before the class has begun. */
export const trialEndOf = ({ seconds, endsAt }: Trial, startedAt: number | null): number | null =>
  endsAt ?? (startedAt === null ? null : startedAt + seconds * 1000)

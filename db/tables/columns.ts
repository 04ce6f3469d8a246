/** The columns that tables have in common. */
import { bigint } from 'drizzle-orm/pg-core'

/** Milliseconds since 1970 on the server's clock. */
export const milliseconds = (column: string) => bigint(column, { mode: 'number' })

/** An amount of money: whole fen, never a fraction of one. */
export const fen = (column: string) => bigint(column, { mode: 'number' })

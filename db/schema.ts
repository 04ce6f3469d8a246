/** Every table. Times are milliseconds since 1970 on the server's clock, money is whole fen. */
export * from './tables/audit.ts'
export * from './tables/courses.ts'
export * from './tables/entitlements.ts'
export * from './tables/files.ts'
export * from './tables/lessons.ts'
export * from './tables/orders.ts'
export * from './tables/room.ts'
export * from './tables/users.ts'

/** Courses and lessons, as they travel over HTTP. All times are milliseconds since 1970 on the server's clock. */
export * from './schema/catalogue.ts'
export * from './schema/lessons.ts'
export * from './schema/polls.ts'
export * from './schema/shared.ts'
export * from './schema/teaching.ts'

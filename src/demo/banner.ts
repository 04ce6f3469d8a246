/** What the person who started the demo reads on the terminal. */
import type { User } from '../users/schema.ts'

export type BannerFacts = {
  url: string
  lessonId: string
  accounts: { user: User; password: string }[]
  logFile: string
  sandboxUrl: string | undefined
}

const meaning: Record<User['role'], string> = {
  teacher: '老师 teacher   gives classes of their own',
  student: '学生 student   watches and talks',
  operator: '运营 operator  keeps order in every class',
  assistant: '助教 assistant',
  admin: '管理员 admin',
}

export function banner({ url, lessonId, accounts, logFile, sandboxUrl }: BannerFacts): string {
  const rows = accounts.map(
    ({ user, password }) => `    ${user.username.padEnd(10)} ${password.padEnd(16)} ${meaning[user.role]}`,
  )
  const payments = sandboxUrl
    ? `
    ${sandboxUrl}   付款人的手机 the payer's phone: orders are paid here, in a sandbox
`
    : ''
  return `
  讲堂 Jiangtang is serving. A demo class is live now.

    ${url}
    ${url}/lessons/${lessonId}   the demo class
${payments}
  Accounts, with their passwords:
${rows.join('\n')}

  Log: ${logFile}
  Ctrl-C stops everything.
`
}

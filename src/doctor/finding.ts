/** What the doctor finds: each check says how things are, and what to do where they are not well. */

export type Finding = {
  check: string
  /** `warn`: the server runs, but less well than it could; `fail`: a part of it will not work. */
  level: 'ok' | 'warn' | 'fail'
  detail: string
  /** What to do about it; none where all is well. */
  advice?: string
}

/** What a check answers with; it may also throw, which is a failure with that message. */
export type Told = Omit<Finding, 'check'>

export const well = (detail: string): Told => ({ level: 'ok', detail })
export const warn = (detail: string, advice: string): Told => ({ level: 'warn', detail, advice })
export const fail = (detail: string, advice: string): Told => ({ level: 'fail', detail, advice })

const PATIENCE_MS = 10_000

/** Makes all checks at once; one that does not answer within ten seconds has failed. */
export const examine = (checks: Record<string, () => Promise<Told> | Told>): Promise<Finding[]> =>
  Promise.all(
    Object.entries(checks).map(async ([check, look]): Promise<Finding> => {
      let timer: NodeJS.Timeout | undefined
      const tired = new Promise<Told>((resolve) => {
        timer = setTimeout(
          () => resolve(fail('no answer within 10 seconds', 'see whether it can be reached')),
          PATIENCE_MS,
        )
      })
      try {
        return { check, ...(await Promise.race([Promise.resolve().then(look), tired])) }
      } catch (error) {
        return { check, level: 'fail', detail: messageOf(error) }
      } finally {
        clearTimeout(timer)
      }
    }),
  )

function messageOf(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: unknown[] }
  if (errors?.[0]) return messageOf(errors[0])
  return (message || code || String(error)).slice(0, 300)
}

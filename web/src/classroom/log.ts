/** One info line per life-cycle step; frames at debug. */
export type Log = { info(step: string, facts?: object): void; debug(step: string, facts?: object): void }

export const consoleLog: Log = {
  info: (step, facts) => console.info(`[classroom] ${step}`, ...(facts ? [facts] : [])),
  debug: (step, facts) => console.debug(`[classroom] ${step}`, ...(facts ? [facts] : [])),
}

export const silentLog: Log = { info: () => {}, debug: () => {} }

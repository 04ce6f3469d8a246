/** Where to go once WeChat has sent the browser back. */
import { safeNext } from './safe-next.ts'

const KEY = 'afterWechat'

export const rememberNext = (next: string): void => sessionStorage.setItem(KEY, next)

export const rememberedNext = (): string => safeNext(sessionStorage.getItem(KEY))

/** The two providers, and the world that they share. */
import type { Alipay } from './alipay/gateway.ts'
import type { Wechat } from './wechat/wechat.ts'
import type { World } from './world.ts'

export type Sandbox = { world: World; wechat: Wechat; alipay: Alipay }

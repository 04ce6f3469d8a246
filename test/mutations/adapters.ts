/** Signatures, seals and merchants: what of the adapters can be left out. */
import type { Mutation } from './mutations.ts'
import { attack } from './where.ts'

const wechat = (file: string) => `src/adapters/wechat-pay/${file}`
const alipay = (file: string) => `src/adapters/alipay/${file}`
const unit = { tests: 'test/adapters/wechat-pay-verify.test.ts' }

const verify: Mutation[] = [
  {
    name: 'wechat: no authentication of what is sealed (`final` dropped)',
    file: wechat('verify.ts'),
    find: ', decipher.final()]',
    replace: ']',
    ...attack('forgeries', 6),
  },
  {
    name: 'wechat: the associated data is not authenticated',
    file: wechat('verify.ts'),
    find: 'Buffer.from(associated_data)',
    replace: "Buffer.from('transaction')",
    ...attack('forgeries', 6),
  },
  {
    name: 'wechat: any algorithm',
    file: wechat('verify.ts'),
    find: "algorithm !== 'AEAD_AES_256_GCM' || ",
    replace: '',
    ...attack('forgeries', 6),
  },
  {
    name: 'wechat: signatures count for ever',
    file: wechat('verify.ts'),
    find: ">= WINDOW_SECONDS) throw new NoticeRefused('timestamp')",
    replace: ">= Infinity) throw new NoticeRefused('timestamp')",
    ...unit,
  },
  {
    name: 'wechat: the window is a second longer',
    file: wechat('verify.ts'),
    find: '>= WINDOW_SECONDS',
    replace: '> WINDOW_SECONDS',
    ...unit,
  },
  {
    name: 'wechat: only old signatures are too old, not those of the future',
    file: wechat('verify.ts'),
    find: 'Math.abs(now / 1000 - Number(timestamp))',
    replace: '(now / 1000 - Number(timestamp))',
    ...unit,
  },
  {
    name: 'wechat: no signature is checked',
    file: wechat('verify.ts'),
    find: "if (!verify('RSA-SHA256'",
    replace: "if (false && !verify('RSA-SHA256'",
    ...attack('forgeries', 1),
  },
  {
    name: 'wechat: the nonce is not signed',
    file: wechat('verify.ts'),
    find: '`${timestamp}\\n${nonce}\\n`',
    replace: '`${timestamp}\\nnonce\\n`',
    ...unit,
  },
  {
    name: 'wechat: an odd signature is read as far as it goes',
    file: wechat('verify.ts'),
    find: "'wechatpay-signature', /^[A-Za-z0-9+/]{40,1024}={0,2}$/",
    replace: "'wechatpay-signature', /./",
    ...attack('forgeries', 2),
  },
  {
    name: 'wechat: the type of the signature is ignored',
    file: wechat('verify.ts'),
    find: "if (type !== undefined && type !== ALGORITHM) throw new NoticeRefused('header')",
    replace: '',
    ...attack('forgeries', 2),
  },
  {
    name: 'wechat: the serial number is not looked at, any key will do',
    file: wechat('keys.ts'),
    find: 'return usable(keys.get(id), now())\n  }',
    replace: 'return usable([...keys.values()].at(-1), now())\n  }',
    tests: 'test/adapters/wechat-pay-keys.test.ts',
  },
  {
    name: 'wechat: a certificate that has ended counts',
    file: wechat('keys.ts'),
    find: ' && at <= found.validTo',
    replace: '',
    tests: 'test/adapters/wechat-pay-keys.test.ts',
  },
  {
    name: 'wechat: a certificate that has not begun counts',
    file: wechat('keys.ts'),
    find: ' && found.validFrom <= at',
    replace: '',
    tests: 'test/adapters/wechat-pay-keys.test.ts',
  },
  {
    name: 'wechat: every unknown serial number reads the files again',
    file: wechat('keys.ts'),
    find: 'known || now() - readAt < PAUSE_MS',
    replace: 'known',
    tests: 'test/adapters/wechat-pay-keys.test.ts',
  },
  {
    name: 'wechat: new keys need a restart',
    file: wechat('keys.ts'),
    find: '      keys = readKeys(files)\n',
    replace: '',
    tests: 'test/adapters/wechat-pay-keys.test.ts',
  },
]

const bills: Mutation[] = [
  {
    name: 'wechat: the hash of a bill is not compared',
    file: wechat('bill.ts'),
    find: "hashType !== 'SHA1' || hashValue !== hash",
    replace: "hashType !== 'SHA1'",
    ...attack('providerTrouble', 30),
  },
  {
    name: 'wechat: a bill need not add up',
    file: wechat('bill.ts'),
    find: "if (!right) throw new Error('the bill does not add up')",
    replace: '',
    tests: 'test/adapters/bills.test.ts',
  },
  {
    name: 'wechat: refunds on their way are in the bill as done',
    file: wechat('bill.ts'),
    find: " || read('退款状态') !== 'SUCCESS'",
    replace: '',
    tests: 'test/adapters/bills.test.ts',
  },
  {
    name: 'alipay: a bill need not add up',
    file: alipay('bill.ts'),
    find: "    throw new Error('the bill does not add up')",
    replace: '    return',
    tests: 'test/adapters/bills.test.ts',
  },
  {
    name: 'alipay: the bill is read as UTF-8',
    file: alipay('bill.ts'),
    find: "new TextDecoder('gbk', { fatal: true })",
    replace: "new TextDecoder('utf-8')",
    tests: 'test/adapters/bills.test.ts',
  },
]

export const adapterMutations = [...verify, ...bills]

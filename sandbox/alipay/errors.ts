/** How Alipay's gateway refuses. */
export class AlipayError extends Error {
  readonly code: string
  readonly subCode: string

  constructor(code: string, subCode: string, message: string) {
    super(message)
    this.code = code
    this.subCode = subCode
  }
}

const names: Record<string, string> = {
  20000: 'Service Currently Unavailable',
  40001: 'Missing Required Arguments',
  40002: 'Invalid Arguments',
  40004: 'Business Failed',
}

export const errorBody = ({ code, subCode, message }: AlipayError) => ({
  code,
  msg: names[code],
  sub_code: subCode,
  sub_msg: message,
})

/** What the request asks for cannot be done. */
export const failed = (subCode: string, message: string) => new AlipayError('40004', `ACQ.${subCode}`, message)
export const invalid = (rule: string) => failed('INVALID_PARAMETER', `参数无效：${rule}`)
export const notThere = () => failed('TRADE_NOT_EXIST', '交易不存在')

/** How WeChat Pay refuses. */
export class WechatError extends Error {
  readonly status: number
  readonly code: string
  readonly detail: object | undefined

  constructor(status: number, code: string, message: string, detail?: object) {
    super(message)
    this.status = status
    this.code = code
    this.detail = detail
  }
}

export const invalid = (field: string, value: unknown, rule: string): WechatError =>
  new WechatError(400, 'PARAM_ERROR', `输入源“/body/${field}”映射到字段“${field}”规则校验失败，${rule}`, {
    location: 'body',
    field: `/${field}`,
    value: value ?? '',
  })

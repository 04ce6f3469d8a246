/** Trouble to order: what goes wrong, where, and how often. */
export const faultNames = [
  // An answer, or its signature.
  'badSignature',
  'signTestProbe',
  'staleTimestamp',
  'unsigned',
  'http500',
  'errorResponse',
  'redirect',
  'delayMs',
  'hang',
  'hangAfterApply',
  'dropBeforeApply',
  'dropAfterApply',
  // Notices.
  'dropNotice',
  'duplicateNotice',
  'reorder',
  'amountTamper',
  // Refunds.
  'asyncRefund',
  'refundAbnormal',
  'refundClosed',
  'notEnough',
  // Bills.
  'billTamper',
  'billAmountTamper',
  'billDropRow',
] as const
export type FaultName = (typeof faultNames)[number]

export type Provider = 'wechat' | 'alipay'

/** Where something may go wrong: an API of a provider, as answer or as notice. */
export type Place = { provider: Provider; on: 'answer' | 'notice'; api: string }

export type Fault = {
  id: number
  name: FaultName
  /** Left out: anywhere. */
  provider?: Provider | undefined
  on?: 'answer' | 'notice' | undefined
  api?: string | undefined
  /** How often more; null: until it is cleared. */
  times: number | null
  value?: string | number | undefined
}

export class Faults {
  #ordered: Fault[] = []
  #lastId = 0
  readonly #onClear = new Set<() => void>()

  order(fault: Omit<Fault, 'id'>): Fault {
    const ordered = { ...fault, id: ++this.#lastId }
    this.#ordered.push(ordered)
    return ordered
  }

  /** Uses up one turn of the first fault of this name that fits the place. */
  take(name: FaultName, place: Place): Fault | undefined {
    const fault = this.#ordered.find((each) => each.name === name && fits(each, place))
    if (fault?.times != null && --fault.times < 1) this.#ordered = this.#ordered.filter((each) => each !== fault)
    return fault
  }

  list(): Fault[] {
    return this.#ordered.map((fault) => ({ ...fault }))
  }

  clear(id?: number): void {
    this.#ordered = id === undefined ? [] : this.#ordered.filter((fault) => fault.id !== id)
    for (const listener of this.#onClear) listener()
  }

  onClear(listener: () => void): void {
    this.#onClear.add(listener)
  }
}

const fits = ({ provider, on, api }: Fault, place: Place): boolean =>
  (provider ?? place.provider) === place.provider && (on ?? place.on) === place.on && (api ?? place.api) === place.api

/** A value that says when it changes: what `useSyncExternalStore` wants, without React. Values are never changed in place. */
export class Store<T> {
  #value: T
  readonly #listeners = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  readonly get = (): T => this.#value

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return
    this.#value = value
    for (const listener of [...this.#listeners]) listener()
  }

  /** Changes some properties; silent where none of them differs. */
  patch(change: Partial<T>): void {
    const current = this.#value
    const keys = Object.keys(change) as (keyof T)[]
    if (keys.some((key) => !Object.is(current[key], change[key]))) this.set({ ...current, ...change })
  }
}

/** What the sandbox remembers over a restart: records as lines of JSON, of which the last with a key counts. */
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

export class Collection<T extends object> {
  readonly #records = new Map<string, T>()
  readonly #keyOf: (record: T) => string
  readonly #write: (record: T) => void

  constructor(keyOf: (record: T) => string, write: (record: T) => void, kept: T[]) {
    this.#keyOf = keyOf
    this.#write = write
    for (const record of kept) this.#records.set(keyOf(record), record)
  }

  get(key: string): T | undefined {
    return this.#records.get(key)
  }

  /** Keeps the record as it is now. */
  put(record: T): T {
    this.#records.set(this.#keyOf(record), record)
    this.#write(record)
    return record
  }

  values(): IterableIterator<T> {
    return this.#records.values()
  }

  find(matches: (record: T) => boolean): T | undefined {
    for (const record of this.#records.values()) if (matches(record)) return record
    return undefined
  }

  filter(matches: (record: T) => boolean): T[] {
    return [...this.#records.values()].filter(matches)
  }

  get size(): number {
    return this.#records.size
  }
}

/** A provider does not forget its trades because it was restarted: everything is written before it is answered. */
export class Journal {
  readonly #file: string
  readonly #kept = new Map<string, object[]>()
  readonly #collections = new Map<string, Collection<object>>()

  constructor(file: string) {
    this.#file = file
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
    for (const line of lines) this.#remember(line)
  }

  /** The last line of a process that was killed may be half a line. */
  #remember(line: string): void {
    if (!line) return
    try {
      const [name, record] = JSON.parse(line) as [string, object]
      const records = this.#kept.get(name) ?? []
      records.push(record)
      this.#kept.set(name, records)
    } catch {
      return
    }
  }

  collection<T extends object>(name: string, keyOf: (record: T) => string): Collection<T> {
    const write = (record: T) => appendFileSync(this.#file, `${JSON.stringify([name, record])}\n`, { mode: 0o600 })
    const collection = new Collection<T>(keyOf, write, (this.#kept.get(name) ?? []) as T[])
    this.#kept.delete(name)
    this.#collections.set(name, collection as unknown as Collection<object>)
    return collection
  }

  /** Leaves one line for each record. */
  compact(): void {
    const lines = [...this.#collections].flatMap(([name, collection]) =>
      [...collection.values()].map((record) => `${JSON.stringify([name, record])}\n`),
    )
    writeFileSync(`${this.#file}.new`, lines.join(''), { mode: 0o600 })
    renameSync(`${this.#file}.new`, this.#file)
  }
}

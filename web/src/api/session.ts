/** Who is signed in: the access token in memory, kept fresh by the cookie, one refresh at a time over all tabs. */
import type { Account, SignedIn, SignedInOrUp } from '../../../src/users/schema.ts'
import { Store } from '../store.ts'
import { ApiError } from './errors.ts'

/** `isNew`: the account was made by signing in, and has no name that its owner chose. */
export type SessionView = { status: 'unknown' | 'signed_out' | 'signed_in'; user: Account | null; isNew?: boolean }

/** A token is renewed this long before it would be refused. */
const EARLY_MS = 30_000
const ASK_AGAIN_MS = 3000
/** Says to other tabs, and to the next visit, whether asking for a token makes sense. */
const HINT = 'signedIn'

type Deps = {
  refresh: () => Promise<SignedIn>
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** Runs one at a time over all tabs: the cookie changes with each refresh. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
  now?: () => number
}

export class Session {
  readonly view: Store<SessionView>
  readonly #deps: Deps
  #token: { value: string; expiresAt: number } | null = null
  #refreshing: Promise<string | null> | null = null

  constructor(deps: Deps) {
    this.#deps = deps
    const known = deps.storage.getItem(HINT) !== null
    this.view = new Store<SessionView>({ status: known ? 'unknown' : 'signed_out', user: null })
  }

  /** Finds out at the start of a visit who is here; keeps asking while the server cannot be reached. */
  async restore(): Promise<void> {
    if (this.view.get().status !== 'unknown') return
    await this.refresh().catch(() => setTimeout(() => void this.restore(), ASK_AGAIN_MS))
  }

  /** A token that is good for a while, or null for a visitor. */
  async token(): Promise<string | null> {
    if (this.view.get().status === 'signed_out') return null
    if (this.#token && this.#token.expiresAt - EARLY_MS > this.#now()) return this.#token.value
    return this.refresh()
  }

  /** Gets a new token by the cookie; several callers share one request. */
  refresh(): Promise<string | null> {
    this.#refreshing ??= this.#deps
      .exclusively(() => this.#deps.refresh())
      .then((signedIn) => this.#keep(signedIn))
      .catch((error) => {
        if (!(error instanceof ApiError) || error.code !== 'unauthorized') throw error
        this.forget()
        return null
      })
      .finally(() => {
        this.#refreshing = null
      })
    return this.#refreshing
  }

  /** Somebody has just signed in here, perhaps to an account that was made by it. */
  signedIn(signedIn: SignedIn | SignedInOrUp): void {
    this.#keep(signedIn)
  }

  changed(user: Account): void {
    this.view.set({ status: 'signed_in', user })
  }

  /** Nobody is signed in here any more. */
  forget(): void {
    this.#token = null
    this.#deps.storage.removeItem(HINT)
    this.view.set({ status: 'signed_out', user: null })
  }

  /** Another tab signed in or out. */
  noticeOtherTab(key: string | null): void {
    if (key !== HINT) return
    const signedIn = this.#deps.storage.getItem(HINT) !== null
    if (!signedIn) this.forget()
    else if (this.view.get().status === 'signed_out') {
      this.view.set({ status: 'unknown', user: null })
      void this.restore()
    }
  }

  #keep({ user, accessToken, expiresInSeconds, isNew = false }: SignedIn & { isNew?: boolean }): string {
    this.#token = { value: accessToken, expiresAt: this.#now() + expiresInSeconds * 1000 }
    this.#deps.storage.setItem(HINT, '1')
    this.view.set({ status: 'signed_in', user, ...(isNew && { isNew }) })
    return accessToken
  }

  #now() {
    return (this.#deps.now ?? Date.now)()
  }
}

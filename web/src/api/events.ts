/** What the server tells whoever is signed in, on every tab, over one stream that one of the tabs holds. */
import type { ServerEvents } from '../../../src/http/server-events.ts'
import { session } from './api.ts'
import { readEvents } from './event-stream.ts'

type Message = { name: string; data: unknown }

const FIRST_RETRY_MS = 500
const SLOWEST_RETRY_MS = 15_000

const heard = new EventTarget()
const otherTabs = new BroadcastChannel('server-events')
otherTabs.onmessage = ({ data }: MessageEvent<Message>) => tell(data)

const tell = ({ name, data }: Message) => heard.dispatchEvent(new CustomEvent(name, { detail: data }))

/** Calls back for each event of this name. Returns the function that ends it. */
export function onServerEvent<N extends keyof ServerEvents>(name: N, listener: (data: ServerEvents[N]) => void) {
  const hear = (event: Event) => listener((event as CustomEvent<ServerEvents[N]>).detail)
  heard.addEventListener(name, hear)
  return () => heard.removeEventListener(name, hear)
}

/** `connected` is said whenever a stream begins: what happened before it was not heard. */
export function onServerEventsConnected(listener: () => void) {
  heard.addEventListener('connected', listener)
  return () => heard.removeEventListener('connected', listener)
}

/** Listens for as long as somebody is signed in. */
export function startServerEvents(): void {
  let stop: AbortController | null = null
  const follow = () => {
    const signedIn = session.view.get().status === 'signed_in'
    if (signedIn && !stop) {
      stop = new AbortController()
      void hold(stop.signal)
    } else if (!signedIn && stop) {
      stop.abort()
      stop = null
    }
  }
  session.view.subscribe(follow)
  follow()
}

/** Of all tabs one holds the stream: a browser opens only six connections to a server. */
async function hold(signal: AbortSignal): Promise<void> {
  if (!navigator.locks) return listen(signal)
  await navigator.locks.request('server-events', { signal }, () => listen(signal)).catch(() => {})
}

async function listen(signal: AbortSignal): Promise<void> {
  for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(wait * 2, SLOWEST_RETRY_MS)) {
    try {
      const token = await session.token()
      if (!token) return
      const response = await fetch('/api/events', { headers: { authorization: `Bearer ${token}` }, signal })
      if (response.status === 401) await session.refresh()
      if (response.ok && response.body) {
        wait = FIRST_RETRY_MS / 2
        spread({ name: 'connected', data: null })
        for await (const message of readEvents(response.body)) spread(message)
      }
    } catch {
      if (signal.aborted) return
    }
    await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())))
  }
}

function spread(message: Message): void {
  tell(message)
  otherTabs.postMessage(message)
}

/** Starts peers whose WebRTC nobody here wrote, and tells what they say. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'

const PATIENCE_MS = 60_000

type Said = { event: string; [detail: string]: unknown }

export type ForeignPeer = ReturnType<typeof startPeer>

/** aiortc, from Debian: `whip` sends a test picture and a tone, `whep` counts the frames it decodes. */
export const startAiortc = (t: Test, mode: 'whip' | 'whep', url: string, secret: string, ...more: string[]) =>
  startPeer(t, '/usr/bin/python3', [join(import.meta.dirname, 'webrtc-peer.py'), mode, url, secret, ...more])

function startPeer(t: Test, program: string, args: string[]) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  const said: Said[] = []
  const waiting = new Set<() => void>()
  const news = () => {
    for (const look of [...waiting]) look()
  }
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000)
  })
  createInterface(child.stdout).on('line', (line) => {
    said.push(JSON.parse(line))
    news()
  })
  child.stdin.on('error', () => {})
  child.on('exit', news)
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return {
    said,
    /** The first thing said that fits; fails where the peer ends without it. */
    hear(event: string, fits: (said: Said) => boolean = () => true): Promise<Said> {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = said.find((each) => each.event === event && fits(each))
          if (!found && child.exitCode === null && child.signalCode === null) return
          waiting.delete(look)
          clearTimeout(timer)
          if (found) resolve(found)
          else reject(new Error(`the peer ended without "${event}": ${JSON.stringify(said)} ${errors}`))
        }
        const timer = setTimeout(() => {
          waiting.delete(look)
          reject(new Error(`the peer did not say "${event}": ${JSON.stringify(said)} ${errors}`))
        }, PATIENCE_MS)
        waiting.add(look)
        look()
      })
    },
    stop: () => void child.stdin.write('stop\n'),
    exited,
  }
}

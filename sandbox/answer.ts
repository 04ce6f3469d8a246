/** Gives one answer to a merchant, with the ordered trouble around it. */
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import type { Place } from './faults.ts'
import type { World } from './world.ts'

export type Answer = {
  status: number
  headers: Record<string, string>
  body: string | Buffer
  /** The provider's word for what went wrong. */
  code?: string | undefined
  outTradeNo?: string | undefined
}

export type Work = {
  place: Place
  /** Carries the request out. */
  answer: () => Answer
  /** What the provider says when it is in trouble itself. */
  broken: () => Answer
}

/** Where a redirect leads unless the fault says otherwise: somewhere that must not be followed. */
const ELSEWHERE = 'http://127.0.0.1:9/elsewhere'

export async function giveAnswer(world: World, reply: FastifyReply, { place, answer, broken }: Work): Promise<void> {
  const { faults, requests } = world
  const late = faults.take('delayMs', place)
  if (late) await pause(Number(late.value ?? 1000))
  const given = chooseAnswer()
  requests.add({
    at: Date.now(),
    provider: place.provider,
    api: place.api,
    outTradeNo: given?.outTradeNo,
    status: given?.status ?? 0,
    code: given?.code,
  })
  if (given) return void reply.code(given.status).headers(given.headers).send(given.body)

  function chooseAnswer(): Answer | undefined {
    if (faults.take('hang', place)) return keepWaiting()
    if (faults.take('dropBeforeApply', place)) return cut()
    if (faults.take('http500', place)) return broken()
    const redirect = faults.take('redirect', place)
    if (redirect) return { status: 307, headers: { location: String(redirect.value ?? ELSEWHERE) }, body: '' }
    const done = answer()
    if (faults.take('dropAfterApply', place)) return cut()
    if (faults.take('hangAfterApply', place)) return keepWaiting()
    return done
  }

  function keepWaiting(): undefined {
    reply.hijack()
  }

  function cut(): undefined {
    reply.hijack()
    reply.raw.socket?.destroy()
  }
}

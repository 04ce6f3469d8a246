/** Questions that come at about the same time are answered together, so that a crowd costs the database little more than one. */

/**
 * The questions of one turn of the event loop are one lot; while a lot is out, the next one gathers. So nobody waits
 * without need, and the busier the database, the more it is asked at once. An answer is never older than its question.
 */
export function gathered<Q, A>(most: number, answerAll: (questions: Q[]) => Promise<A[]>): (question: Q) => Promise<A> {
  type Waiting = { question: Q; answer: PromiseWithResolvers<A> }
  const next: Waiting[] = []
  let leaving = false

  async function send() {
    const lot = next.splice(0, most)
    try {
      const answers = await answerAll(lot.map(({ question }) => question))
      for (const [place, { answer }] of lot.entries()) answer.resolve(answers[place]!)
    } catch (error) {
      for (const { answer } of lot) answer.reject(error)
    }
    leaving = next.length > 0
    if (leaving) void send()
  }

  return (question) => {
    const answer = Promise.withResolvers<A>()
    next.push({ question, answer })
    if (!leaving) setImmediate(() => void send())
    leaving = true
    return answer.promise
  }
}

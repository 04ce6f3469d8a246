/** What a benchmark is: a name, what it measures, the figures it aims for, and the run that yields them. */

export type Figures = Record<string, number>
export type Aim = { atMost: number } | { atLeast: number }
/** Says how far a run is. */
export type Progress = (text: string) => void

export type Benchmark = {
  name: string
  about: string
  aims: Record<string, Aim>
  run(progress: Progress): Promise<Figures>
}

export const isMet = (aim: Aim, figure: number) => ('atMost' in aim ? figure <= aim.atMost : figure >= aim.atLeast)

/** Keeps what `close` gives back. */
export type Own = <T>(thing: T, close: (thing: T) => unknown) => T

/** Runs `work`, and gives back all that it owns, last first, however it ends. */
export async function owning<T>(work: (own: Own) => Promise<T>): Promise<T> {
  const owned: (() => unknown)[] = []
  const own: Own = (thing, close) => {
    owned.push(() => close(thing))
    return thing
  }
  try {
    return await work(own)
  } finally {
    for (let release = owned.pop(); release; release = owned.pop()) {
      try {
        await release()
      } catch (error) {
        console.error(error)
      }
    }
  }
}

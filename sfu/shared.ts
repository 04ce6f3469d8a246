/** Something that many use: a while after the last of them let go of it, it is given up. */
export class Shared {
  private readonly giveUp: () => void
  private readonly afterMs: number
  private users = 0
  private timer: NodeJS.Timeout | undefined

  constructor(giveUp: () => void, afterMs: number) {
    this.giveUp = giveUp
    this.afterMs = afterMs
  }

  /** Keeps it until the function that is given back is called; a second call of that does nothing. */
  use(): () => void {
    this.users += 1
    clearTimeout(this.timer)
    let using = true
    return () => {
      if (!using) return
      using = false
      this.users -= 1
      if (this.users === 0) this.timer = setTimeout(this.giveUp, this.afterMs).unref()
    }
  }
}

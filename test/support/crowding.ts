/** How much of this machine others take: a limit in seconds means seconds of a machine of one's own. */

const WORK_MS = 150

/** Wall time for so much work, by the time that the processor spent on it: 1 with the machine to oneself. */
export function crowding(): number {
  const [from, cpu] = [performance.now(), process.cpuUsage()]
  const spentMs = () => {
    const { user, system } = process.cpuUsage(cpu)
    return (user + system) / 1000
  }
  while (spentMs() < WORK_MS);
  return Math.max(1, (performance.now() - from) / spentMs())
}

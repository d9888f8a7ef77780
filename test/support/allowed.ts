import { availableParallelism, loadavg } from 'node:os'

/** So much of this process's own time is spent on finding out how fast time goes. */
const probeMs = 20

/**
 * How long something may take here and now that is promised within so many ms: twice that where the machine has nothing
 * else to do, and longer by as much as everybody on it has to wait. For promises only; whatever just has to happen is
 * waited for with `until`.
 */
export function allowedMs(promisedMs: number): number {
  const waiting = (loadavg()[0] ?? 0) / availableParallelism()
  return 2 * promisedMs * Math.max(1, waiting, slowness())
}

/** Time that passes for each ms that this process is given. */
function slowness(): number {
  const from = performance.now()
  const before = process.cpuUsage()
  let spent = 0
  while (spent < probeMs) {
    const { user, system } = process.cpuUsage(before)
    spent = (user + system) / 1000
  }
  return (performance.now() - from) / spent
}

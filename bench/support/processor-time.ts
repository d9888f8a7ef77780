import { readdirSync, readFileSync } from 'node:fs'

/** Seconds of processor time, by what used it. */
export type ProcessorTime = ReadonlyMap<string, number>

/** How a process is called in the account, and whether its threads are told apart by their names. */
export interface Accounted {
  readonly name: string
  readonly pid: number
  readonly byThread?: boolean
}

/** Clock ticks of Linux in a second. */
const ticksPerSecond = 100

/**
 * What these processes have used so far, and how long processors had nothing to do (`idle`). Of a thread that has ended
 * nothing is known any more: ask while all of them run.
 */
export function processorTime(processes: readonly Accounted[]): ProcessorTime {
  const used = new Map<string, number>()
  const add = (name: string, ticks: number) => used.set(name, (used.get(name) ?? 0) + ticks / ticksPerSecond)
  for (const { name, pid, byThread = false } of processes) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
      const end = stat.lastIndexOf(')') // the name may hold brackets and spaces
      const fields = stat.slice(end + 2).split(' ')
      const who = byThread ? `${name} ${stat.slice(stat.indexOf('(') + 1, end)}` : name
      add(who, Number(fields[11]) + Number(fields[12]))
    }
  }
  const [, , , , idle, waiting] = readFileSync('/proc/stat', 'utf8').split(/\s+/, 6)
  add('idle', Number(idle) + Number(waiting))
  return used
}

/** Microseconds of processor time for each of so many records, the greatest first; what rounds to nothing is left out. */
export function microsecondsPerRecord(
  before: ProcessorTime,
  after: ProcessorTime,
  records: number,
): Readonly<Record<string, number>> {
  const each = [...after].map(
    ([name, seconds]) => [name, Number((((seconds - (before.get(name) ?? 0)) / records) * 1e6).toFixed(2))] as const,
  )
  return Object.fromEntries(each.filter(([, value]) => value >= 0.01).sort(([, a], [, b]) => b - a))
}

import { readFileSync } from 'node:fs'

/** What the kernel counts of another process. */
export function watchProcess(pid: number) {
  const proc = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8')
  /** Fields 14 and 15 of stat, in clock ticks of 1/100 s; the name in field 2 may hold spaces. */
  const secondsOf = (stat: string) => {
    const fields = stat.split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  }
  return {
    cpuSeconds: () => secondsOf(proc('stat')),
    /** Of its first thread alone. */
    mainThreadCpuSeconds: () => secondsOf(proc(`task/${pid}/stat`)),
    peakRssMb: (): number => Math.round(Number(/VmHWM:\s+(\d+)/.exec(proc('status'))?.[1] ?? Number.NaN) / 1024),
  }
}

import { saturateLine } from '../test/support/saturated-line.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'

/** A serial line of 115,200 baud that never pauses: frames sent and taken. Ten minutes unless told otherwise. */
export async function run({ seconds = 600 }: BenchmarkOptions): Promise<Figures> {
  const { cpuShare, ...counts } = await saturateLine(seconds)
  return { ...counts, framesLost: counts.framesSent - counts.framesTaken, cpuShare: Number(cpuShare.toFixed(3)) }
}

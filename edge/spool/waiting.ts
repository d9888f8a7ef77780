import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { salvage } from './salvage.ts'
import { readWhole } from './segment-files.ts'
import { readStateFile } from './state-file.ts'

const namePattern = /^(\d{16})\.segment$/

/**
 * Records in a spool that the cloud has not acknowledged, seen from outside. Nothing is held and nothing is changed: a
 * gateway may be at work on it, and what it writes at this moment may be missing. 0 where there is no spool.
 */
export async function waitingRecords(directory: string): Promise<number> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => namePattern.test(name)).sort()
  const [oldest, newest] = [names[0], names.at(-1)]
  if (oldest === undefined || newest === undefined) return 0
  const base = baseOf(newest)
  const last = salvage(await readWhole(join(directory, newest)), base).frames.at(-1)
  const next = last === undefined ? base : last.sequence + last.count
  const state = readStateFile(join(directory, 'state'))
  const committed = Math.max(state?.committed ?? 0, baseOf(oldest) - 1)
  const closedAbove = (state?.ranges ?? []).reduce((sum, [from, to]) => sum + to - from + 1, 0)
  return Math.max(0, next - 1 - committed - closedAbove)
}

function baseOf(name: string): number {
  return Number(namePattern.exec(name)?.[1])
}

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openSpool } from '../../edge/spool/open.ts'
import type { SpoolRecord } from '../../edge/spool/spool.ts'
import type { Clock, Random } from '../../shared/clock.ts'
import type { Gap } from '../../shared/record.ts'
import { readAll } from '../support/spool.ts'
import type { Files } from './power-cut.ts'

/** What a spool had told before the power went: this record stands in it under this number. */
export interface Told {
  readonly sequence: number
  readonly record: SpoolRecord
  /** Undefined where it is not known. */
  readonly epoch?: string
}

/** Opens the spool in `directory` as a start after the power cut does; one sentence for each broken promise. */
export async function brokenAfterCut(
  directory: string,
  told: readonly Told[],
  {
    acknowledged = 0,
    clock,
    random,
  }: { readonly acknowledged?: number; readonly clock: Clock; readonly random: Random },
): Promise<string[]> {
  const problems: string[] = []
  // Of a group that was never promised, a part may have arrived; what is missing before it is declared.
  const gaps: Gap[] = []
  const onGap = (gap: Gap) => void gaps.push(gap)
  const options = { directory, maxBytes: 4 * 1024 * 1024, segmentBytes: 8 * 1024, keepAckedBytes: 0 }
  const spool = await openSpool({ ...options, clock, random, onGap })
  const held = await readAll(spool, spool.first)
  const closed = Math.max(acknowledged, spool.closed.committed)
  for (const { epoch = spool.epoch, sequence, record } of told) {
    if (gaps.some(({ fromSeq = 0, toSeq = 0 }) => fromSeq <= sequence && sequence <= toSeq))
      problems.push(`number ${sequence} was promised and is declared lost`)
    if (epoch !== spool.epoch) problems.push(`the epoch ${epoch} is gone`)
    else if (sequence >= spool.next) problems.push(`number ${sequence} was promised and would be given away again`)
    else if (sequence > closed && JSON.stringify(held.get(sequence)) !== JSON.stringify(record))
      problems.push(`number ${sequence} was promised, is not acknowledged, and is not there`)
  }
  await spool.close()
  return problems
}

/** Makes `to` hold exactly what `files` say of `from`. Shared memory of SQLite is not on the disk. */
export function putFiles(from: string, to: string, files: Files): void {
  rmSync(to, { recursive: true, force: true })
  mkdirSync(to, { recursive: true })
  for (const [path, bytes] of files) {
    if (!isOnDisk(path)) continue
    const target = join(to, path.slice(from.length))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, bytes)
  }
}

export const isOnDisk = (name: string) => !name.endsWith('-shm')

import type { Spool, SpoolRecord } from '../../edge/spool/spool.ts'
import type { Gap } from '../../shared/record.ts'
import { readAll } from './spool.ts'

export interface Honesty {
  /** One sentence for each broken promise. */
  readonly problems: readonly string[]
  /** Records that are gone, and declared. */
  readonly lost: number
}

/**
 * Is a damaged spool honest? Every original record (1 … `total`) is either there, byte for byte, or covered by a gap,
 * and never both; the gaps count what is lost, and stand in the spool too.
 */
export async function honestyOf(
  spool: Spool,
  gaps: readonly Gap[],
  total: number,
  originalOf: (sequence: number) => SpoolRecord,
): Promise<Honesty> {
  const found = await readAll(spool)
  const problems: string[] = []
  let lost = 0
  for (let sequence = 1; sequence <= total; sequence += 1) {
    const declared = gaps.some((gap) => (gap.fromSeq ?? 0) <= sequence && sequence <= (gap.toSeq ?? 0))
    const record = found.get(sequence) ?? null
    if (record === null) lost += 1
    if (record === null && !declared) problems.push(`number ${sequence} is gone and not declared`)
    if (record !== null && declared) problems.push(`number ${sequence} is there and declared lost`)
    if (record !== null && JSON.stringify(record) !== JSON.stringify(originalOf(sequence)))
      problems.push(`number ${sequence} is another record`)
  }
  const counted = gaps.reduce((sum, gap) => sum + gap.count, 0)
  if (counted !== lost) problems.push(`${lost} are lost, the gaps count ${counted}`)
  const kept = [...found.values()].filter((record) => record?.kind === 'gap')
  if (JSON.stringify(kept) !== JSON.stringify(gaps)) problems.push('the gaps in the spool are not those declared')
  return { problems, lost }
}

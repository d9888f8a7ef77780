import type { Hearing } from '../../shared/tuning.ts'
import type { Journal } from '../journal/journal.ts'
import { type Heard, hearingOf } from './hearing.ts'

/** So far back unless asked otherwise; the least that an answer divides by is a second. */
const usualSeconds = 30
/** No more is looked at, however busy a site is: some 20 ms of the journal's thread. */
const mostRecords = 10_000
const entriesAtATime = 50
/** Two pages that ask at the same time get one answer. */
const keptMs = 1_000

export interface NewestHearing {
  /** What the antennas of a site told in the last seconds: half a minute of them, or fewer. */
  hearing(site: string, seconds?: number): Promise<Hearing>
}

/**
 * Looks at the newest end of the journal when it is asked, and costs nothing when it is not. What came late is of
 * another time and is left out.
 */
export function newestHearing(journal: Pick<Journal, 'tail' | 'read' | 'trimmed'>, now: () => number): NewestHearing {
  let kept: { readonly at: number; readonly asked: string; readonly answer: Promise<Hearing> } | undefined
  const look = async (site: string, windowMs: number): Promise<Hearing> => {
    const to = now()
    const heard: Heard[] = []
    let from = to
    let records = 0
    let before = journal.tail
    while (before > journal.trimmed && from > to - windowMs && records < mostRecords) {
      const after = Math.max(journal.trimmed, before - entriesAtATime)
      const entries = await journal.read(after, mostRecords)
      for (const entry of entries) {
        if (entry.offset > before) continue
        if (entry.recordedAt <= to - windowMs) continue
        records += entry.records.length
        if (entry.origin !== 'gateway' || entry.site !== site || entry.late) continue
        for (const record of entry.records)
          if (record?.kind === 'observation')
            heard.push({ gateway: entry.gateway, observation: record as Heard['observation'] })
      }
      from = entries[0]?.recordedAt ?? from
      before = after
    }
    // A journal that is younger than the window was silent before.
    const covered = before <= journal.trimmed ? windowMs : Math.min(windowMs, to - from)
    return hearingOf(heard, Math.max(1, covered / 1000))
  }
  return {
    hearing(site, seconds = usualSeconds) {
      const at = now()
      const asked = `${site} ${seconds}`
      if (kept === undefined || kept.asked !== asked || at - kept.at > keptMs)
        kept = { at, asked, answer: look(site, seconds * 1000) }
      return kept.answer
    },
  }
}

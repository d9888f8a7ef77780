import { type GapRow, iso } from '../../shared/api.ts'
import type { Journal, JournalEntry } from '../journal/journal.ts'
import type { SetAsideEntries } from '../journal/set-aside.ts'
import type { SeriesProjection } from '../series/projection.ts'
import type { Asked, SetAsideQueries } from './read-models.ts'

/** So many are looked up in the journal for one answer: the newest. */
const entriesShown = 100
const pointsShown = 1000

/**
 * What projections moved past, as rows of the list of gaps: the journal has it, but a part of the cloud could not use
 * it, so that board or history lack it. An entry of no site concerns every site.
 */
export function setAsideQueries(sources: {
  readonly entries: Pick<SetAsideEntries, 'list'>
  readonly series: Asked<Pick<SeriesProjection, 'newestSetAside'>>
  readonly journal: Pick<Journal, 'read' | 'trimmed'>
}): SetAsideQueries {
  const { entries, series, journal } = sources
  const entryAt = async (offset: number): Promise<JournalEntry | undefined> => {
    if (offset <= journal.trimmed) return undefined
    const [entry] = await journal.read(offset - 1, 1)
    return entry?.offset === offset ? entry : undefined
  }

  async function entriesOf(site: string): Promise<readonly GapRow[]> {
    const newest = [...entries.list()].sort((a, b) => b.at - a.at).slice(0, entriesShown)
    const rows: GapRow[] = []
    for (const { projection, offset, at, reason } of newest) {
      const entry = await entryAt(offset)
      if (entry === undefined || (entry.site ?? site) !== site) continue
      const gateway = entry.origin === 'gateway' ? entry.gateway : null
      const count = entry.records.length
      const happened = iso(entry.recordedAt)
      rows.push(row({ site, gateway, from: happened, to: happened, count, projection, reason, recordedAt: iso(at) }))
    }
    return rows
  }

  /** One row for each gateway and reason. */
  async function pointsOf(site: string): Promise<readonly GapRow[]> {
    const groups = Map.groupBy(
      (await series.newestSetAside(pointsShown)).filter(({ point }) => point.site === site),
      ({ point, reason }) => `${point.gateway}\n${reason}`,
    )
    const rows: GapRow[] = []
    for (const group of groups.values()) {
      const [newest] = group
      const oldest = group.at(-1)
      if (newest === undefined || oldest === undefined) continue
      // Their own stamps may be what is wrong with them.
      const [last, first] = [await entryAt(newest.offset), await entryAt(oldest.offset)]
      if (last === undefined || first === undefined) continue
      const to = iso(last.recordedAt)
      const { reason, point } = newest
      const span = { from: iso(first.recordedAt), to, recordedAt: to }
      rows.push(row({ site, gateway: point.gateway, ...span, count: group.length, projection: 'series', reason }))
    }
    return rows
  }

  return {
    setAside: async (site) =>
      [...(await entriesOf(site)), ...(await pointsOf(site))].sort((a, b) => (a.recordedAt < b.recordedAt ? 1 : -1)),
  }
}

function row({ projection, reason, ...rest }: Omit<GapRow, 'class'> & { readonly projection: string }): GapRow {
  return { ...rest, reason: `${projection}: ${reason}`, class: 'set-aside' }
}

import { iso } from '../../shared/api.ts'
import type { AgeRow } from '../../shared/goods.ts'
import type { Holding } from '../inventory/holding.ts'
import type { Fact } from './fact-table.ts'

export interface AgeSources {
  fact(epc: string): Fact | undefined
  /** When an item last came onto the site, by the ledger; undefined: nobody saw it come. */
  arrivedAt(epc: string): number | undefined
  readonly now: number
}

/** Items of one SKU, the one that has been here longest first: what goes out first, where goods leave in their order. */
export function ageRows(holdings: Iterable<Holding>, sources: AgeSources): readonly AgeRow[] {
  const aged: { readonly at: number; readonly row: AgeRow }[] = []
  for (const { epc, slot, zone, since } of holdings) {
    const fact = sources.fact(epc)
    const { at, basis } = receivedAt(epc, since, fact, sources)
    const expiresAt = fact?.expiresAt ?? null
    aged.push({
      at,
      row: {
        epc,
        slot,
        zone,
        lot: fact?.lot ?? null,
        receivedAt: iso(at),
        basis,
        ageMs: Math.max(0, sources.now - at),
        expiresAt: expiresAt === null ? null : iso(expiresAt),
        expired: expiresAt !== null && expiresAt <= sources.now,
        hold: fact?.hold ?? null,
      },
    })
  }
  return aged.sort((a, b) => a.at - b.at || (a.row.epc < b.row.epc ? -1 : 1)).map(({ row }) => row)
}

/** Ascending like the rows. */
export function ageKey({ receivedAt: at, epc }: AgeRow): string {
  return `${at} ${epc}`
}

function receivedAt(
  epc: string,
  since: number,
  fact: Fact | undefined,
  sources: AgeSources,
): { readonly at: number; readonly basis: AgeRow['basis'] } {
  if (fact !== undefined && fact.receivedAt !== null) return { at: fact.receivedAt, basis: 'imported' }
  const arrived = sources.arrivedAt(epc)
  return arrived === undefined ? { at: since, basis: 'first-seen' } : { at: arrived, basis: 'arrived' }
}

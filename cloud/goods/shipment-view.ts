import { iso } from '../../shared/api.ts'
import type { ShipmentDetail, ShipmentLineRow, ShipmentSummary } from '../../shared/shipment.ts'
import type { KeptShipment, Outcome } from './shipment.ts'

/** A shipment in numbers: `seen = expected − short + over`. */
export function summaryOf(kept: KeptShipment, outcome: Outcome): ShipmentSummary {
  const { site, shipment, direction, gate, dueAt, announcedAt, ended } = kept
  const { unknown, firstAt, lastAt } = outcome
  const lines = linesOf(kept, outcome)
  const sum = (of: 'expected' | 'seen' | 'short' | 'over') => lines.reduce((total, line) => total + line[of], 0)
  return {
    site,
    shipment,
    direction,
    gate,
    dueAt: isoOrNull(dueAt),
    state: ended?.as ?? (firstAt === null ? 'expected' : 'underway'),
    expected: sum('expected'),
    seen: sum('seen'),
    short: sum('short'),
    over: sum('over'),
    unknown,
    announcedAt: iso(announcedAt),
    firstAt: isoOrNull(firstAt),
    lastAt: isoOrNull(lastAt),
    endedAt: isoOrNull(ended?.at ?? null),
  }
}

export function detailOf(kept: KeptShipment, outcome: Outcome): ShipmentDetail {
  return { ...summaryOf(kept, outcome), lines: linesOf(kept, outcome), unknownEpcs: outcome.unknownEpcs }
}

/**
 * What passed of a SKU fills its lines in their order, and the last of them has what is too much. SKUs that nobody
 * announced follow, in theirs.
 */
function linesOf({ lines }: KeptShipment, { bySku, exact }: Outcome): readonly ShipmentLineRow[] {
  const left = new Map(bySku)
  const passed = new Set(exact)
  const lastOfSku = new Map(lines.flatMap((line, index) => ('quantity' in line ? [[line.sku, index]] : [])))
  const announced = lines.map((line, index): ShipmentLineRow => {
    if (!('quantity' in line)) {
      const seen = passed.has(index) ? 1 : 0
      const epc = 'epc' in line ? line.epc : null
      const sku = 'epc' in line ? (line.sku ?? null) : null
      return { sku, epc, sscc: 'sscc' in line ? line.sscc : null, ...counted(1, seen) }
    }
    const { sku, quantity } = line
    const rest = left.get(sku) ?? 0
    const seen = lastOfSku.get(sku) === index ? rest : Math.min(rest, quantity)
    left.set(sku, rest - seen)
    return { sku, epc: null, sscc: null, ...counted(quantity, seen) }
  })
  const others = [...left].filter(([sku]) => !lastOfSku.has(sku)).sort(([a], [b]) => (a < b ? -1 : 1))
  return [...announced, ...others.map(([sku, seen]) => ({ sku, epc: null, sscc: null, ...counted(0, seen) }))]
}

function counted(expected: number, seen: number) {
  return { expected, seen, short: Math.max(0, expected - seen), over: Math.max(0, seen - expected) }
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at)
}

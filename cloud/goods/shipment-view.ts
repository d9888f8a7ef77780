import { iso } from '../../shared/api.ts'
import { isUnitLine, type ShipmentDetail, type ShipmentLineRow, type ShipmentSummary } from '../../shared/shipment.ts'
import type { KeptShipment, Outcome } from './shipment.ts'

/** A shipment in numbers: `seen = expected − short + over`. */
export function summaryOf(kept: KeptShipment, outcome: Outcome): ShipmentSummary {
  const { site, shipment, direction, gate, dueAt, announcedAt, ended } = kept
  const { unknown, firstAt, lastAt } = outcome
  const lines = linesOf(kept, outcome)
  const sum = (of: 'expected' | 'seen' | 'byPallet' | 'short' | 'over') =>
    lines.reduce((total, line) => total + line[of], 0)
  return {
    site,
    shipment,
    direction,
    gate,
    dueAt: isoOrNull(dueAt),
    state: ended?.as ?? (firstAt === null ? 'expected' : 'underway'),
    expected: sum('expected'),
    seen: sum('seen'),
    byPallet: sum('byPallet'),
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
 * What units carry has lines of its own. What else passed of a SKU fills its other lines in their order, and the last of all
 * has what is too much. SKUs that nobody announced follow, in theirs.
 */
function linesOf({ lines }: KeptShipment, outcome: Outcome): readonly ShipmentLineRow[] {
  const left = new Map(outcome.bySku)
  const believed = new Map(outcome.believed)
  const exact = new Set(outcome.exact)
  const exactBelieved = new Set(outcome.exactBelieved)
  const onUnits = new Map(outcome.contents.map(([place, seen, unread]) => [place, { seen, unread }]))
  const lastOfSku = new Map<string, number>()
  // A loose line before one of a unit, which has no room for more than what was announced to be on it.
  for (const isLoose of [false, true]) {
    for (const [index, line] of lines.entries()) {
      if ('quantity' in line && (line.sscc === undefined) === isLoose) lastOfSku.set(line.sku, index)
    }
  }
  /** So many of what is left of a SKU; those that were read first. */
  const draw = (sku: string, most: number) => {
    const rest = left.get(sku) ?? 0
    const seen = Math.min(rest, most)
    const unread = believed.get(sku) ?? 0
    const byPallet = Math.min(seen, Math.max(0, seen - (rest - unread)))
    left.set(sku, rest - seen)
    believed.set(sku, unread - byPallet)
    return { seen, byPallet }
  }
  const announced = lines.map((line, index): ShipmentLineRow => {
    if (isUnitLine(line) || 'epc' in line) {
      const seen = exact.has(index) ? 1 : 0
      const byPallet = exactBelieved.has(index) ? 1 : 0
      const counts = counted(1, seen, byPallet)
      if (!isUnitLine(line))
        return { ...nothingNamed, epc: line.epc, sku: line.sku ?? null, sscc: line.sscc ?? null, ...counts }
      return { ...nothingNamed, sscc: line.sscc, parent: line.parent ?? null, ...counts }
    }
    const { sku, quantity, sscc = null } = line
    const carried = onUnits.get(index) ?? { seen: 0, unread: 0 }
    const isLast = lastOfSku.get(sku) === index
    const { seen, byPallet } = draw(sku, isLast ? Number.POSITIVE_INFINITY : sscc === null ? quantity : 0)
    return { ...nothingNamed, sku, sscc, ...counted(quantity, carried.seen + seen, carried.unread + byPallet) }
  })
  const others = [...left].filter(([sku]) => !lastOfSku.has(sku)).sort(([a], [b]) => (a < b ? -1 : 1))
  const unannounced = others.map(([sku, seen]) => ({
    ...nothingNamed,
    sku,
    ...counted(0, seen, Math.min(seen, believed.get(sku) ?? 0)),
  }))
  return [...announced, ...unannounced]
}

const nothingNamed = { sku: null, epc: null, sscc: null, parent: null }

function counted(expected: number, seen: number, byPallet: number) {
  return { expected, seen, byPallet, short: Math.max(0, expected - seen), over: Math.max(0, seen - expected) }
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at)
}

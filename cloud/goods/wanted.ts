import { isUnitLine, mostLevels, type ShipmentLine } from '../../shared/shipment.ts'

/** What a shipment expects, made of its lines. */
export interface Wanted {
  /** Object → place of the line that names it. */
  readonly exact: ReadonlyMap<string, number>
  /** SKU → how many are expected, on no unit that is named. */
  readonly loose: ReadonlyMap<string, number>
  /** So many of a SKU on a logistic unit, in the order of the lines. */
  readonly contents: readonly WantedContent[]
  /** Logistic units that a line names, with what was announced to be on them. */
  readonly units: ReadonlyMap<string, WantedUnit>
  /** Logistic units are among what is expected. */
  readonly hasUnits: boolean
}

/** One object, and the tag or barcode that it was named by. */
export interface Named {
  readonly object: string
  readonly epc: string
}

export interface WantedContent {
  readonly unit: string
  readonly sku: string
  readonly quantity: number
  readonly place: number
}

export interface WantedUnit {
  /** Itself, then the units on it, and on those. */
  readonly within: readonly string[]
  /** What itself was announced to stand on. */
  readonly above: string | undefined
  /** Tags on itself. */
  readonly objects: readonly Named[]
  /** Nobody said which goods are on it: whatever it carries came with it. */
  readonly isSealed: boolean
}

interface Draft {
  readonly objects: Named[]
  readonly units: string[]
  above: string | undefined
  hasGoods: boolean
}

export function wantedBy(lines: readonly ShipmentLine[], objectOf: (epc: string) => string): Wanted {
  const exact = new Map<string, number>()
  const loose = new Map<string, number>()
  const contents: WantedContent[] = []
  const drafts = new Map<string, Draft>()
  const draftOf = (sscc: string): Draft => {
    const known = drafts.get(unitOf(sscc))
    const draft = known ?? { objects: [], units: [], above: undefined, hasGoods: false }
    if (known === undefined) drafts.set(unitOf(sscc), draft)
    return draft
  }
  for (const [place, line] of lines.entries()) {
    if (isUnitLine(line)) {
      exact.set(unitOf(line.sscc), place)
      const draft = draftOf(line.sscc)
      if (line.parent === undefined) continue
      draft.above = unitOf(line.parent)
      draftOf(line.parent).units.push(unitOf(line.sscc))
      continue
    }
    const on = line.sscc === undefined ? undefined : draftOf(line.sscc)
    if (on !== undefined) on.hasGoods = true
    if ('epc' in line) {
      exact.set(objectOf(line.epc), place)
      on?.objects.push({ object: objectOf(line.epc), epc: line.epc })
    } else if (line.sscc === undefined) loose.set(line.sku, (loose.get(line.sku) ?? 0) + line.quantity)
    else contents.push({ unit: unitOf(line.sscc), sku: line.sku, quantity: line.quantity, place })
  }
  const units = new Map<string, WantedUnit>()
  for (const [unit, { objects, above }] of drafts) {
    const within = withinOf(unit, drafts)
    const isSealed = within.every((one) => drafts.get(one)?.hasGoods !== true)
    units.set(unit, { within, objects, above, isSealed })
  }
  return { exact, loose, contents, units, hasUnits: drafts.size > 0 || [...exact.keys()].some(carriesGoods) }
}

/** SSCC, GRAI, GIAI: what carries goods. */
export function carriesGoods(object: string): boolean {
  return /^\((?:00|8003|8004)\)/.test(object)
}

function unitOf(sscc: string): string {
  return `(00)${sscc}`
}

function withinOf(unit: string, drafts: ReadonlyMap<string, Draft>): readonly string[] {
  const found = new Set([unit])
  let level: readonly string[] = [unit]
  for (let depth = 1; depth < mostLevels && level.length > 0; depth += 1) {
    level = level.flatMap((one) => drafts.get(one)?.units ?? []).filter((one) => !found.has(one))
    for (const one of level) found.add(one)
  }
  return [...found]
}

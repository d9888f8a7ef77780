import type { InputError } from '../../shared/api.ts'
import type { Flaw } from '../../shared/flaw.ts'
import { type ExpectedShipment, isUnitLine, mostLevels, type ShipmentLine } from '../../shared/shipment.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import { flawed } from './csv-table.ts'

/** What a schema cannot see: gates and SKUs that are not on the map, and lines that say the same thing twice. */
export function checkShipment(shipment: ExpectedShipment, map: SiteMap | undefined): readonly InputError[] {
  const lines = new Map<string, number>()
  const skus = skusOn(map)
  return [
    ...flawOfGate(shipment.gate, map).map((flaw) => ({ path: 'gate', ...flawed(flaw) })),
    ...shipment.lines.flatMap((line, index) => {
      const key = lineKey(line)
      const before = lines.get(key)
      lines.set(key, before ?? index)
      const path = `lines.${index}`
      return [
        ...flawOfSku(line, skus).map((flaw) => ({ path, ...flawed(flaw) })),
        ...(before === undefined ? [] : [{ path, message: `says the same as line ${before}` }]),
      ]
    }),
    ...flawsOfLevels(shipment.lines).map(({ index, flaw }) => ({ path: `lines.${index}.parent`, ...flawed(flaw) })),
  ]
}

export function flawOfGate(gate: string | undefined, map: SiteMap | undefined): readonly Flaw[] {
  const points = map?.readPoints.filter(({ kind }) => kind === 'gate') ?? []
  const isThere = points.some(({ id, device, zone }) => [id, device, zone].includes(gate ?? ''))
  return gate === undefined || isThere ? [] : [{ code: 'not-on-map', what: 'gate', name: gate }]
}

export function skusOn(map: SiteMap | undefined): ReadonlySet<string> {
  return new Set(map?.skus.map(({ sku }) => sku))
}

/** SKUs are checked where the map lists any. */
export function flawOfSku(line: ShipmentLine, skus: ReadonlySet<string>): readonly Flaw[] {
  const sku = 'sku' in line ? line.sku : undefined
  if (sku === undefined || skus.size === 0 || skus.has(sku)) return []
  return [{ code: 'not-on-map', what: 'sku', name: sku }]
}

/** Units that stand on units: not on themselves, and not too high. */
export function flawsOfLevels(
  lines: readonly ShipmentLine[],
): readonly { readonly index: number; readonly flaw: Flaw }[] {
  const parents = new Map<string, string>()
  for (const line of lines) if (isUnitLine(line) && line.parent !== undefined) parents.set(line.sscc, line.parent)
  return lines.flatMap((line, index): { readonly index: number; readonly flaw: Flaw }[] => {
    if (!isUnitLine(line) || line.parent === undefined) return []
    let levels = 1
    for (let at: string | undefined = line.sscc; at !== undefined && levels <= mostLevels; levels += 1) {
      at = parents.get(at)
      if (at === line.sscc) return [{ index, flaw: { code: 'unit-on-itself' } }]
      if (at === undefined) return []
    }
    return [{ index, flaw: { code: 'units-too-high', most: mostLevels } }]
  })
}

/** Lines with one key name one thing. */
export function lineKey(line: ShipmentLine): string {
  if ('quantity' in line) return line.sscc === undefined ? `sku ${line.sku}` : `sku ${line.sku} on ${line.sscc}`
  return 'epc' in line ? `epc ${line.epc}` : `sscc ${line.sscc}`
}

/** Two that are told in the same words. */
export function isSameShipment(a: ExpectedShipment, b: ExpectedShipment): boolean {
  return JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b))
}

function inOrder({ shipment, direction, gate, dueAt, lines }: ExpectedShipment) {
  const due = dueAt === undefined ? null : Date.parse(dueAt)
  const told = lines.map((line) => [
    lineKey(line),
    'quantity' in line ? line.quantity : 1,
    'sku' in line ? line.sku : 0,
    isUnitLine(line) ? (line.parent ?? 0) : (line.sscc ?? 0),
  ])
  return [shipment, direction, gate ?? null, due, told]
}

import { epcPattern, identifierPattern } from '../../../../shared/identifier-pattern.ts'
import { mostReferenceTags } from '../../../../shared/reference-tags.ts'
import type { ReadPoint, SensorPlace, SiteMap, Slot, Zone } from '../../../../shared/site-map.ts'
import { isTimeZone } from '../../../../shared/time-zone.ts'
import type { Kind } from './edit.ts'

/** What is wrong with one field. */
export const flaws = [
  'not-a-name',
  'no-label',
  'twice',
  'not-metres',
  'no-size',
  'no-level',
  'no-zone',
  'no-slot',
  'slot-needed',
  'no-time-zone',
  'not-an-epc',
  'too-many-tags',
  'tag-twice',
] as const
export type Flaw = (typeof flaws)[number]

export interface MapProblem {
  /** `site`: of the map as a whole, row 0. */
  readonly kind: Kind | 'site'
  readonly row: number
  readonly field: string
  readonly flaw: Flaw
}

const mostMetres = 100_000
const mostLabel = 128

/**
 * Everything that stands between a draft and a map, row by row. Never less than the server asks: a draft of which
 * nothing is said here can be published (but for a SKU that was wrong before).
 */
export function problemsOf(map: SiteMap): readonly MapProblem[] {
  const zones = new Set(map.zones.map(({ id }) => id))
  const slots = new Set(map.slots.map(({ id }) => id))
  const { found, add } = collected()
  labelled(add, 'site', 0, map)
  if (!isTimeZone(map.timeZone)) add('site', 0, 'timeZone', 'no-time-zone')
  sized(add, 'site', 0, map)
  const ids = (kind: Kind, names: readonly string[]) => {
    const seen = new Set<string>()
    for (const [row, name] of names.entries()) {
      if (seen.has(name)) add(kind, row, 'id', 'twice')
      seen.add(name)
    }
  }
  ids(
    'zones',
    map.zones.map(({ id }) => id),
  )
  ids(
    'slots',
    map.slots.map(({ id }) => id),
  )
  ids(
    'readPoints',
    map.readPoints.map(({ gateway, id }) => `${gateway}/${id}`),
  )
  ids(
    'sensors',
    map.sensors.map(({ id }) => id),
  )
  const inZone = (kind: Kind, row: number, zone: string) => {
    if (!zones.has(zone)) add(kind, row, 'zone', 'no-zone')
  }
  for (const [row, zone] of map.zones.entries()) {
    named(add, 'zones', row, zone, ['id'])
    labelled(add, 'zones', row, zone)
    boxed(add, 'zones', row, zone)
  }
  for (const [row, slot] of map.slots.entries()) {
    named(add, 'slots', row, slot, ['id'])
    inZone('slots', row, slot.zone)
    boxed(add, 'slots', row, slot)
    if (!Number.isInteger(slot.level) || slot.level < 0 || slot.level > 99) add('slots', row, 'level', 'no-level')
  }
  const fixed = new Set<string>()
  for (const [row, { referenceTags = [] }] of map.slots.entries()) {
    const flaw = flawOfTags(referenceTags, fixed)
    if (flaw !== undefined) add('slots', row, 'referenceTags', flaw)
    for (const tag of referenceTags) fixed.add(tag)
  }
  for (const [row, point] of map.readPoints.entries()) {
    named(add, 'readPoints', row, point, ['id', 'gateway', 'device'])
    inZone('readPoints', row, point.zone)
    pointed(add, 'readPoints', row, point)
    if (point.kind === 'slot' && point.slots.length === 0) add('readPoints', row, 'slots', 'slot-needed')
    if (point.slots.some((slot) => !slots.has(slot))) add('readPoints', row, 'slots', 'no-slot')
  }
  for (const [row, sensor] of map.sensors.entries()) {
    named(add, 'sensors', row, sensor, ['id', 'gateway'])
    labelled(add, 'sensors', row, sensor)
    inZone('sensors', row, sensor.zone)
    pointed(add, 'sensors', row, sensor)
  }
  return found
}

type Add = (kind: MapProblem['kind'], row: number, field: string, flaw: Flaw) => void

function collected(): { readonly found: MapProblem[]; readonly add: Add } {
  const found: MapProblem[] = []
  return { found, add: (kind, row, field, flaw) => found.push({ kind, row, field, flaw }) }
}

/** `fixed`: those of the slots before it. */
function flawOfTags(tags: readonly string[], fixed: ReadonlySet<string>): Flaw | undefined {
  if (tags.some((tag) => !epcPattern.test(tag))) return 'not-an-epc'
  if (tags.length > mostReferenceTags) return 'too-many-tags'
  return tags.some((tag) => fixed.has(tag)) || new Set(tags).size < tags.length ? 'tag-twice' : undefined
}

function named<T>(add: Add, kind: Kind, row: number, of: T, fields: readonly (keyof T & string)[]): void {
  for (const field of fields) if (!identifierPattern.test(String(of[field]))) add(kind, row, field, 'not-a-name')
}

function labelled(add: Add, kind: MapProblem['kind'], row: number, { name }: { readonly name: string }): void {
  if (name.length === 0 || name.length > mostLabel) add(kind, row, 'name', 'no-label')
}

function pointed(add: Add, kind: Kind, row: number, at: ReadPoint | SensorPlace | Zone | Slot): void {
  for (const field of ['x', 'y'] as const) if (!(Math.abs(at[field]) <= mostMetres)) add(kind, row, field, 'not-metres')
}

function boxed(add: Add, kind: Kind, row: number, box: Zone | Slot): void {
  pointed(add, kind, row, box)
  sized(add, kind, row, box)
}

function sized(
  add: Add,
  kind: MapProblem['kind'],
  row: number,
  box: { readonly width: number; readonly depth: number },
): void {
  for (const field of ['width', 'depth'] as const)
    if (!(box[field] > 0 && box[field] <= mostMetres)) add(kind, row, field, 'no-size')
}

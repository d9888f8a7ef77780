import type { SiteMap } from '../../../../shared/site-map.ts'
import { type Kind, kinds } from './edit.ts'
import { type SiteField, siteFields } from './site-fields.ts'

export interface Changes {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

export interface SiteChange {
  readonly field: SiteField
  readonly from: string | number
  readonly to: string | number
}

export interface MapDiff {
  readonly site: readonly SiteChange[]
  readonly of: Readonly<Record<Kind, Changes>>
  readonly isEmpty: boolean
}

/** What would become of the map in force; each by its code (read points: `gateway/code`). */
export function mapDiff(inForce: SiteMap, draft: SiteMap): MapDiff {
  const of = Object.fromEntries(
    kinds.map((kind) => [kind, changesOf(keyed(inForce, kind), keyed(draft, kind))]),
  ) as Record<Kind, Changes>
  const site = siteFields.flatMap((field) =>
    inForce[field] === draft[field] ? [] : [{ field, from: inForce[field], to: draft[field] }],
  )
  const areSame = kinds.every((kind) => Object.values(of[kind]).every((list: readonly string[]) => list.length === 0))
  return { site, of, isEmpty: areSame && site.length === 0 }
}

function keyed(map: SiteMap, kind: Kind): ReadonlyMap<string, unknown> {
  if (kind === 'readPoints') return new Map(map.readPoints.map((point) => [`${point.gateway}/${point.id}`, point]))
  return new Map(map[kind].map((row) => [row.id, row]))
}

function changesOf(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): Changes {
  const [added, changed]: [string[], string[]] = [[], []]
  for (const [key, row] of after) {
    const was = before.get(key)
    if (was === undefined) added.push(key)
    else if (was !== row && !isSame(was, row)) changed.push(key)
  }
  return { added, changed, removed: [...before.keys()].filter((key) => !after.has(key)) }
}

/** Of JSON, whatever the order of its fields. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other
  const [left, right] = [Object.entries(one), new Map(Object.entries(other))]
  return left.length === right.size && left.every(([key, value]) => right.has(key) && isSame(value, right.get(key)))
}

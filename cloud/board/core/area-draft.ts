import type { OperatorArea } from '../../../shared/operator-area.ts'

/** What keeps an operator area from being saved. */
export type AreaFlaw = 'nameless' | 'name-twice' | 'no-zone'

export const mostNameCharacters = 128
const mostIdCharacters = 64

/** One more area, without a name and zones. `zones`: ids of all zones, none of which an area may be called by. */
export function withArea(areas: readonly OperatorArea[], zones: readonly string[]): readonly OperatorArea[] {
  return [...areas, { id: freshId('area', [...zones, ...areas.map(({ id }) => id)]), name: '', zones: [] }]
}

export function renamed(areas: readonly OperatorArea[], id: string, name: string): readonly OperatorArea[] {
  return areas.map((area) => (area.id === id ? { ...area, name } : area))
}

export function without(areas: readonly OperatorArea[], id: string): readonly OperatorArea[] {
  return areas.filter((area) => area.id !== id)
}

/** A zone is put into an area, and so out of the one it was in; or out of all. */
export function withZone(
  areas: readonly OperatorArea[],
  id: string,
  zone: string,
  isIn: boolean,
): readonly OperatorArea[] {
  return areas.map((area) => {
    const others = area.zones.filter((one) => one !== zone)
    return { ...area, zones: area.id === id && isIn ? [...others, zone] : others }
  })
}

/** By area, where something is wrong. */
export function areaFlaws(areas: readonly OperatorArea[]): ReadonlyMap<string, readonly AreaFlaw[]> {
  const names = Map.groupBy(areas, ({ name }) => name.trim())
  const flawed = areas.map(({ id, name, zones }) => {
    const flaws: AreaFlaw[] = []
    if (name.trim() === '') flaws.push('nameless')
    else if ((names.get(name.trim())?.length ?? 0) > 1) flaws.push('name-twice')
    if (zones.length === 0) flaws.push('no-zone')
    return [id, flaws] as const
  })
  return new Map(flawed.filter(([, flaws]) => flaws.length > 0))
}

/**
 * As they are sent: names trimmed, and what is new (`known` has the ids of the others) called after its name, as far as that
 * can be an id.
 */
export function areasToSave(
  areas: readonly OperatorArea[],
  known: readonly string[],
  zones: readonly string[],
): readonly OperatorArea[] {
  const taken = [...known, ...zones]
  return areas.map((area) => {
    const name = area.name.trim()
    if (known.includes(area.id)) return { ...area, name }
    const id = freshId(slugOf(name), taken)
    taken.push(id)
    return { ...area, id, name }
  })
}

export function isSame(a: readonly OperatorArea[], b: readonly OperatorArea[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function slugOf(name: string): string {
  const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  return (
    slug
      .replace(/^-/, '')
      .slice(0, mostIdCharacters - 4)
      .replace(/-$/, '') || 'area'
  )
}

function freshId(wanted: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? wanted : `${wanted}-${number}`
    if (!taken.includes(id)) return id
  }
}

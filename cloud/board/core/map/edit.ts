import type { ReadPoint, SensorPlace, SiteMap, Slot, Zone } from '../../../../shared/site-map.ts'

/** The lists of a map that somebody edits by hand. */
export const kinds = ['zones', 'slots', 'readPoints', 'sensors'] as const
export type Kind = (typeof kinds)[number]
export type Row = Zone | Slot | ReadPoint | SensorPlace
export type RowOf<K extends Kind> = SiteMap[K][number]

/** Rows of one list, by their place in it. */
export interface Selection {
  readonly kind: Kind
  readonly rows: ReadonlySet<number>
}

/** A site with nothing on it. */
export function emptyMap(inForce: SiteMap): SiteMap {
  return withWhatIsOf({ ...inForce, zones: [], slots: [], readPoints: [], sensors: [] })
}

/** Another value in one field of a row. Whatever goes by the name of a zone or slot follows when that changes. */
export function withField<K extends Kind>(map: SiteMap, kind: K, row: number, change: Partial<RowOf<K>>): SiteMap {
  const before = map[kind][row]
  if (before === undefined) return map
  const keys = Object.keys(change) as (keyof typeof before)[]
  const after = { ...before, ...change } as Row
  if (keys.every((key) => before[key] === (after as typeof before)[key])) return map
  const changed = withRows(map, kind, (one, at) => (at === row ? after : one))
  if (before.id === after.id || before.id === '' || map[kind].some((one, at) => at !== row && one.id === before.id))
    return changed
  if (kind === 'zones') return zoneRenamed(changed, before.id, after.id)
  return kind === 'slots' ? slotRenamed(changed, before.id, after.id) : changed
}

function zoneRenamed(map: SiteMap, from: string, to: string): SiteMap {
  const follow = <T extends { readonly zone: string }>(row: T): T => (row.zone === from ? { ...row, zone: to } : row)
  return {
    ...map,
    ...(map.areas !== undefined && {
      areas: map.areas.map((area) => ({ ...area, zones: area.zones.map((zone) => (zone === from ? to : zone)) })),
    }),
    ...(map.profiles !== undefined && {
      profiles: map.profiles.map(({ zones, ...profile }) => ({
        ...profile,
        ...(zones !== undefined && { zones: zones.map((zone) => (zone === from ? to : zone)) }),
      })),
    }),
    slots: map.slots.map(follow),
    readPoints: map.readPoints.map(follow),
    sensors: map.sensors.map(follow),
    ...(map.beams !== undefined && { beams: map.beams.map(follow) }),
  }
}

function slotRenamed(map: SiteMap, from: string, to: string): SiteMap {
  return {
    ...map,
    readPoints: map.readPoints.map((point) =>
      point.slots.includes(from) ? { ...point, slots: point.slots.map((slot) => (slot === from ? to : slot)) } : point,
    ),
  }
}

/** Tags that somebody typed as fixed to a slot, one behind the other in any case; none: it has none any more. */
export function withReferenceTags(map: SiteMap, row: number, text: string): SiteMap {
  const tags = [...new Set(text.toUpperCase().split(/[\s,;，；、]+/))].filter((tag) => tag !== '')
  const before = map.slots[row]?.referenceTags ?? []
  if (tags.length === before.length && tags.every((tag, at) => tag === before[at])) return map
  const slots = map.slots.map((slot, at) => {
    if (at !== row) return slot
    const { referenceTags: _before, ...rest } = slot
    return tags.length === 0 ? rest : { ...rest, referenceTags: tags }
  })
  return { ...map, slots }
}

export function withoutRows(map: SiteMap, { kind, rows }: Selection): SiteMap {
  if (rows.size === 0) return map
  const left = { ...map, [kind]: (map[kind] as readonly Row[]).filter((_one, at) => !rows.has(at)) }
  return kind === 'zones' ? withWhatIsOf(left) : left
}

/** Profiles without zones that are no longer there; one that was only for such is gone. */
function withProfilesOf(map: SiteMap, onMap: ReadonlySet<string>): SiteMap {
  if (map.profiles === undefined) return map
  const profiles = map.profiles.flatMap(({ zones, ...profile }) => {
    const left = zones?.filter((zone) => onMap.has(zone))
    if (left?.length === 0) return []
    return [{ ...profile, ...(left !== undefined && { zones: left }) }]
  })
  return { ...map, profiles }
}

/** Light barriers and operator areas without those of zones that are no longer there; an area that answers for none is gone. */
function withWhatIsOf(all: SiteMap): SiteMap {
  const onMap = new Set(all.zones.map(({ id }) => id))
  const withBeams = all.beams === undefined ? all : { ...all, beams: all.beams.filter(({ zone }) => onMap.has(zone)) }
  const map = withProfilesOf(withBeams, onMap)
  if (map.areas === undefined) return map
  const areas = map.areas.map((area) => ({ ...area, zones: area.zones.filter((zone) => onMap.has(zone)) }))
  return { ...map, areas: areas.filter(({ zones }) => zones.length > 0) }
}

export function withRowAdded<K extends Kind>(map: SiteMap, kind: K, row: RowOf<K>): SiteMap {
  return { ...map, [kind]: [...map[kind], row] }
}

/** Slots by their code: one that is there already takes the new place, the others come behind. */
export function withSlots(map: SiteMap, slots: readonly Slot[], mode: 'add' | 'replace'): SiteMap {
  if (mode === 'replace') return { ...map, slots: [...slots] }
  const fresh = new Map(slots.map((slot) => [slot.id, slot]))
  const kept = map.slots.map((slot) => {
    const next = fresh.get(slot.id)
    fresh.delete(slot.id)
    // Neither a pattern nor a table says what is fixed to it.
    const { referenceTags } = slot
    return next === undefined ? slot : { ...(referenceTags !== undefined && { referenceTags }), ...next }
  })
  return { ...map, slots: [...kept, ...fresh.values()] }
}

/** Metres; to the millimetre. */
export function moved(map: SiteMap, { kind, rows }: Selection, dx: number, dy: number): SiteMap {
  if (rows.size === 0 || (dx === 0 && dy === 0)) return map
  return withRows(map, kind, (row, at) =>
    rows.has(at) ? { ...row, x: toMillimetre(row.x + dx), y: toMillimetre(row.y + dy) } : row,
  )
}

export const edges = ['left', 'right', 'top', 'bottom'] as const
export type Edge = (typeof edges)[number]

/** All of them at the outermost edge that one of them has. */
export function aligned(map: SiteMap, { kind, rows }: Selection, edge: Edge): SiteMap {
  const chosen = (map[kind] as readonly Row[]).filter((_row, at) => rows.has(at))
  if (chosen.length < 2) return map
  const at = (row: Row) => row[edge === 'left' || edge === 'right' ? 'x' : 'y'] + farSide(row, edge)
  const line = chosen.reduce(
    (best, row) => (edge === 'left' || edge === 'top' ? Math.min(best, at(row)) : Math.max(best, at(row))),
    edge === 'left' || edge === 'top' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
  )
  const axis = edge === 'left' || edge === 'right' ? 'x' : 'y'
  return withRows(map, kind, (row, index) =>
    rows.has(index) ? { ...row, [axis]: toMillimetre(line - farSide(row, edge)) } : row,
  )
}

function farSide(row: Row, edge: Edge): number {
  const { width, depth } = sizeOf(row)
  return edge === 'right' ? width : edge === 'bottom' ? depth : 0
}

/** Read points and sensors are points. */
export function sizeOf(row: Row): { readonly width: number; readonly depth: number } {
  return 'width' in row ? row : { width: 0, depth: 0 }
}

/** A code that no row of the list has yet: `zone-1`, `zone-2` … */
function freeId(rows: readonly { readonly id: string }[], stem: string): string {
  const taken = new Set(rows.map(({ id }) => id))
  for (let n = rows.length + 1; ; n++) if (!taken.has(`${stem}-${n}`)) return `${stem}-${n}`
}

/** What a new row begins as, at a place on the plan. */
export function newRow(map: SiteMap, kind: Kind, x: number, y: number): Row {
  const zone = zoneAt(map, x, y) ?? map.zones[0]?.id ?? ''
  switch (kind) {
    case 'zones': {
      const id = freeId(map.zones, 'zone')
      return { id, name: id, kind: 'storage', x, y, width: 10, depth: 8 }
    }
    case 'slots':
      return { id: freeId(map.slots, 'slot'), zone, x, y, width: 1, depth: 1, level: 0 }
    case 'readPoints': {
      const last = map.readPoints.at(-1)
      return {
        id: freeId(map.readPoints, 'reader'),
        gateway: last?.gateway ?? '',
        device: last?.device ?? '',
        kind: 'zone',
        zone,
        slots: [],
        x,
        y,
      }
    }
    case 'sensors': {
      const id = freeId(map.sensors, 'sensor')
      return { id, name: id, gateway: map.sensors.at(-1)?.gateway ?? '', zone, x, y, limits: {} }
    }
  }
}

function zoneAt(map: SiteMap, x: number, y: number): string | undefined {
  return map.zones.find((zone) => x >= zone.x && y >= zone.y && x <= zone.x + zone.width && y <= zone.y + zone.depth)
    ?.id
}

function withRows(map: SiteMap, kind: Kind, change: (row: Row, at: number) => Row): SiteMap {
  return { ...map, [kind]: (map[kind] as readonly Row[]).map(change) }
}

export function toMillimetre(metres: number): number {
  return Math.round(metres * 1000) / 1000
}

/** Racks on the draft: their slots by code, and a zone around them where theirs is not there yet. */
export function withRacks(map: SiteMap, slots: readonly Slot[]): SiteMap {
  const id = slots[0]?.zone
  const withAll = withSlots(map, slots, 'add')
  if (id === undefined || map.zones.some((zone) => zone.id === id)) return withAll
  const left = slots.reduce((least, { x }) => Math.min(least, x), Number.POSITIVE_INFINITY) - zoneMargin
  const top = slots.reduce((least, { y }) => Math.min(least, y), Number.POSITIVE_INFINITY) - zoneMargin
  const right = slots.reduce((most, { x, width }) => Math.max(most, x + width), Number.NEGATIVE_INFINITY) + zoneMargin
  const bottom = slots.reduce((most, { y, depth }) => Math.max(most, y + depth), Number.NEGATIVE_INFINITY) + zoneMargin
  const box = { x: left, y: top, width: toMillimetre(right - left), depth: toMillimetre(bottom - top) }
  const zone = { id, name: id, kind: 'storage' as const, ...box, x: toMillimetre(left), y: toMillimetre(top) }
  return withRowAdded(withAll, 'zones', zone)
}

/** Metres around racks that a zone made for them leaves. */
const zoneMargin = 1

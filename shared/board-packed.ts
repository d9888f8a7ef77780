import type { BoardSnapshot } from './board.ts'
import type { ReadPoint, SiteMap, Slot } from './site-map.ts'

/**
 * A board on the wire. A site of 100,000 slots is 23 MB as a plain snapshot; a column of alike values compresses to
 * next to nothing, and the map, which is nine tenths of it, is asked for only when it is another one:
 * `GET /api/v1/sites/{site}/board/snapshot` and `GET /api/v1/sites/{site}/board/map`.
 */
export interface PackedSnapshot extends Omit<BoardSnapshot, 'map' | 'slots'> {
  readonly mapVersion: number
  /** One value for each slot of that map, in its order. */
  readonly slots: {
    /** A digit each, index into `slotStates`. */
    readonly state: string
    readonly items: readonly number[]
    /** Milliseconds from the newest evidence to the board's `asOf`; -1 = none yet. */
    readonly age: readonly number[]
  }
}

/** Rows as columns of equal length; what a row does not have is null. */
export type Columns = Readonly<Record<string, readonly unknown[]>>
export interface PackedMap extends Omit<SiteMap, 'slots' | 'readPoints'> {
  readonly slots: Columns
  readonly readPoints: Columns
}

/** The snapshot must hold every slot of its map, in its order. */
export function packSnapshot({ map, slots, ...rest }: BoardSnapshot): PackedSnapshot {
  return {
    ...rest,
    mapVersion: map.version,
    slots: {
      state: slots.state.join(''),
      items: slots.items,
      age: slots.asOf.map((at) => (at === 0 ? -1 : Math.max(0, rest.asOf - at))),
    },
  }
}

/** `null`: the map is another one than it was packed for. */
export function unpackSnapshot({ mapVersion, slots, ...rest }: PackedSnapshot, map: SiteMap): BoardSnapshot | null {
  const count = map.slots.length
  if (mapVersion !== map.version || [slots.state, slots.items, slots.age].some(({ length }) => length !== count)) {
    return null
  }
  return {
    ...rest,
    map,
    slots: {
      slot: Array.from(slots.items, (_, index) => index),
      state: Array.from(slots.state, Number),
      items: slots.items,
      asOf: slots.age.map((age) => (age < 0 ? 0 : rest.asOf - age)),
    },
  }
}

export function packMap({ slots, readPoints, ...rest }: SiteMap): PackedMap {
  return {
    ...rest,
    slots: columnsOf(slots),
    readPoints: columnsOf(readPoints),
  }
}

/** What `packMap` was given. */
export function unpackMap({ slots, readPoints, ...rest }: PackedMap): SiteMap {
  return { ...rest, slots: rowsOf<Slot>(slots), readPoints: rowsOf<ReadPoint>(readPoints) }
}

function columnsOf(rows: readonly Readonly<Record<string, unknown>>[]): Columns {
  const names = new Set<string>()
  for (const row of rows) for (const name in row) names.add(name)
  return Object.fromEntries([...names].map((name) => [name, rows.map((row) => row[name] ?? null)]))
}

/** `T` is what the columns were made of: they come from our own server, packed by `packMap`. */
function rowsOf<T>(columns: Columns): T[] {
  const names = Object.entries(columns)
  const count = names[0]?.[1].length ?? 0
  return Array.from({ length: count }, (_, at) => {
    const row: Record<string, unknown> = {}
    for (const [name, values] of names) if (values[at] !== null) row[name] = values[at]
    return row as T
  })
}

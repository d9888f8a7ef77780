import type { DatabaseSync } from 'node:sqlite'
import type { Point } from './series-store.ts'
import { slotsPerLane } from './sqlite-schema.ts'
import { stored } from './thousandths.ts'

type Stored = number | string | null
type Values = [v0: Stored, v1: Stored, v2: Stored, v3: Stored]

/** Where a quantity of a source stands. */
interface Slot {
  readonly lane: number
  readonly slot: number
}

/** Inserts points without a flaw, within the caller's transaction. Remembers the numbers it gave: as many as exist. */
export function openWriter(database: DatabaseSync) {
  const insertCondition = database.prepare(upsert('condition', ['lane', 'at'], ['v0', 'v1', 'v2', 'v3']))
  const key = ['source', 'at', 'nanos']
  const insertRead = database.prepare(upsert('read', key, ['epc', 'count', 'peakRssiDbm', 'antenna']))
  const insertPassage = database.prepare(upsert('passage', key, ['epc', 'direction', 'confidence', 'count']))
  const sourceOf = openSources(database)
  const slotOf = openSlots(database)

  function addCondition(source: number, { at, fields }: Point): void {
    const rows = new Map<number, Values>()
    for (const name in fields) {
      const value = fields[name]
      if (typeof value !== 'number') continue
      const { lane, slot } = slotOf(source, name)
      let row = rows.get(lane)
      if (row === undefined) {
        row = [null, null, null, null]
        rows.set(lane, row)
      }
      row[slot] = stored(value)
    }
    for (const [lane, [v0, v1, v2, v3]] of rows) insertCondition.run(lane, at, v0, v1, v2, v3)
  }

  return function insert(point: Point): void {
    const source = sourceOf(point)
    const { at, nanos, fields } = point
    if (point.measurement === 'condition') addCondition(source, point)
    else if (point.measurement === 'read') {
      const { epc, count = null, peakRssiDbm = null, antenna = null } = fields
      insertRead.run(source, at, nanos, bytesOf(epc), count, peakRssiDbm, antenna)
    } else {
      const { epc, direction = null, confidence = null, count = null } = fields
      insertPassage.run(source, at, nanos, bytesOf(epc), direction, confidence, count)
    }
  }
}

/** The same key again: fields that it brings replace, the others stay, as in InfluxDB. */
function upsert(table: string, key: readonly string[], columns: readonly string[]): string {
  const marks = [...key, ...columns].map(() => '?').join(', ')
  const joined = columns.map((column) => `${column} = coalesce(excluded.${column}, ${column})`).join(', ')
  return `INSERT INTO ${table} (${[...key, ...columns].join(', ')}) VALUES (${marks}) ON CONFLICT DO UPDATE SET ${joined}`
}

function openSources(database: DatabaseSync) {
  const find = database.prepare(
    'SELECT id FROM source WHERE measurement = ? AND site = ? AND gateway = ? AND source = ?',
  )
  const add = database.prepare('INSERT INTO source (measurement, site, gateway, source) VALUES (?, ?, ?, ?)')
  const known = new Map<string, number>()
  return function sourceOf({ measurement, site, gateway, source }: Point): number {
    const name = `${measurement}/${site}/${gateway}/${source}` // no identifier holds a slash
    const id = known.get(name)
    if (id !== undefined) return id
    const found = find.get(measurement, site, gateway, source)?.['id']
    const numbered = Number(found ?? add.run(measurement, site, gateway, source).lastInsertRowid)
    known.set(name, numbered)
    return numbered
  }
}

function openSlots(database: DatabaseSync) {
  const find = database.prepare('SELECT lane, slot FROM quantity WHERE source = ? AND name = ?')
  const findRoom = database.prepare(
    `SELECT lane, count(*) AS slot FROM quantity WHERE source = ? GROUP BY lane HAVING count(*) < ${slotsPerLane}`,
  )
  const addLane = database.prepare('INSERT INTO lane (source) VALUES (?)')
  const add = database.prepare('INSERT INTO quantity (source, name, lane, slot) VALUES (?, ?, ?, ?)')
  const known = new Map<number, Map<string, Slot>>()

  function give(source: number, name: string): Slot {
    const room = slotFrom(findRoom.get(source))
    const slot = room ?? { lane: Number(addLane.run(source).lastInsertRowid), slot: 0 }
    add.run(source, name, slot.lane, slot.slot)
    return slot
  }

  return function slotOf(source: number, name: string): Slot {
    let names = known.get(source)
    if (names === undefined) {
      names = new Map()
      known.set(source, names)
    }
    let slot = names.get(name)
    if (slot === undefined) {
      slot = slotFrom(find.get(source, name)) ?? give(source, name)
      names.set(name, slot)
    }
    return slot
  }
}

function slotFrom(row: Record<string, unknown> | undefined): Slot | undefined {
  return row === undefined ? undefined : { lane: Number(row['lane']), slot: Number(row['slot']) }
}

const hex = /^(?:[0-9A-F]{2})+$/

/** An EPC as its bytes; text that is none stays text, so what goes in is never changed. */
function bytesOf(epc: number | string | undefined): Buffer | string | null {
  if (typeof epc !== 'string') return null
  return hex.test(epc) ? Buffer.from(epc, 'hex') : epc
}

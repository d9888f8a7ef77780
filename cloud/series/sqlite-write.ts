import type { DatabaseSync } from 'node:sqlite'
import { flawOf, isPlain } from './schema.ts'
import type { Point, Rejection } from './series-store.ts'
import { type Blocks, openBlocks } from './sqlite-blocks.ts'
import { readTails, TailWriter } from './tail.ts'

/**
 * Points that wait unsealed, in the file and in memory (about 15 bytes each). More make blocks longer and the sealing
 * rarer; a question has to look through them.
 */
const sealedAt = 100_000

export interface SeriesWriter {
  /** Writes points within the caller's transaction. After one that failed: open another writer. */
  add(points: readonly Point[]): readonly Rejection[]
  /** What is not sealed yet, in the order in which it was written. */
  readonly tails: readonly Uint8Array[]
  readonly blocks: Blocks
  /** Number of a field's name; undefined: no point ever had it. */
  fieldNumber(name: string): number | undefined
  fieldName(number: number): string
}

export function openWriter(database: DatabaseSync): SeriesWriter {
  const addTail = database.prepare('INSERT INTO tail (points, rows) VALUES (?, ?)')
  const emptyTail = database.prepare('DELETE FROM tail')
  const sources = openSources(database)
  const fields = openFields(database)
  const blocks = openBlocks(database)
  let tails: Uint8Array[] = []
  let waiting = 0
  for (const row of database.prepare('SELECT points, rows FROM tail ORDER BY id').iterate()) {
    tails.push(row['rows'] as Uint8Array)
    waiting += Number(row['points'])
  }

  function seal(): void {
    for (const [source, rows] of readTails(tails)) blocks.add(source, rows)
    emptyTail.run()
    tails = []
    waiting = 0
  }

  return {
    get tails() {
      return tails
    },
    blocks,
    fieldNumber: fields.find,
    fieldName: fields.nameOf,
    add(points) {
      const rejections: Rejection[] = []
      const tail = new TailWriter()
      for (const [index, point] of points.entries()) {
        const known = sources.find(point)
        // What was numbered once was sound, and so were its names.
        const flaw = known !== undefined && isPlain(point, fields.isKnown) ? undefined : flawOf(point)
        if (flaw === undefined) tail.add(point, known ?? sources.number(point), fields.numberOf)
        else rejections.push({ index, reason: flaw })
      }
      if (tail.points > 0) {
        const bytes = tail.take()
        addTail.run(tail.points, bytes)
        tails.push(bytes)
        waiting += tail.points
        if (waiting >= sealedAt) seal()
      }
      return rejections
    },
  }
}

/** Numbers of sources, given on first sight. As many are remembered as there are. */
function openSources(database: DatabaseSync) {
  const find = database.prepare(
    'SELECT id FROM source WHERE measurement = ? AND site = ? AND gateway = ? AND source = ?',
  )
  const add = database.prepare('INSERT INTO source (measurement, site, gateway, source) VALUES (?, ?, ?, ?)')
  // Measurement and place, then source: the points of one commit come from few places.
  const known = new Map<string, Map<string, number>>()
  let place = { measurement: '', site: '', gateway: '', sources: new Map<string, number>() }
  const sourcesAt = ({ measurement, site, gateway }: Point): Map<string, number> => {
    if (place.measurement !== measurement || place.gateway !== gateway || place.site !== site) {
      const key = `${measurement}/${site}/${gateway}` // no identifier holds a slash
      const sources = known.get(key) ?? new Map<string, number>()
      known.set(key, sources)
      place = { measurement, site, gateway, sources }
    }
    return place.sources
  }
  return {
    /** undefined: not seen by this writer yet. */
    find: (point: Point) => sourcesAt(point).get(point.source),
    number(point: Point): number {
      const { measurement, site, gateway, source } = point
      const found = find.get(measurement, site, gateway, source)?.['id']
      const numbered = Number(found ?? add.run(measurement, site, gateway, source).lastInsertRowid)
      sourcesAt(point).set(source, numbered)
      return numbered
    },
  }
}

function openFields(database: DatabaseSync) {
  const add = database.prepare('INSERT INTO field (name) VALUES (?)')
  const numbers = new Map<string, number>()
  const names = new Map<number, string>()
  const know = (name: string, number: number): number => {
    numbers.set(name, number)
    names.set(number, name)
    return number
  }
  for (const row of database.prepare('SELECT id, name FROM field').iterate())
    know(String(row['name']), Number(row['id']))
  return {
    find: (name: string) => numbers.get(name),
    isKnown: (name: string) => numbers.has(name),
    nameOf: (number: number) => names.get(number) ?? '',
    numberOf: (name: string) => numbers.get(name) ?? know(name, Number(add.run(name).lastInsertRowid)),
  }
}

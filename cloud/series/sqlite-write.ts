import type { DatabaseSync } from 'node:sqlite'
import { flawOf, isPlain } from './schema.ts'
import type { Point, Rejection } from './series-store.ts'
import { type Blocks, openBlocks } from './sqlite-blocks.ts'
import { readTails, TailWriter } from './tail.ts'

/**
 * Points that wait unsealed, in the file and in memory (about 20 bytes each). More make blocks longer and the sealing
 * rarer; a question has to look through them, and sealing holds all of them as columns at once (about 200 bytes each).
 */
const usuallySealedAt = 50_000

export interface SeriesWriter {
  /** Writes points within the caller's transaction. After one that failed: open another writer. */
  add(points: readonly Point[]): readonly Rejection[]
  /** What is not sealed yet, in the order in which it was written. */
  readonly tails: readonly Uint8Array[]
  readonly blocks: Blocks
  shelfOf(source: number): number
  sourceName(source: number): string
  /** Number of a field's name; undefined: no point ever had it. */
  fieldNumber(name: string): number | undefined
  fieldName(number: number): string
}

export function openWriter(database: DatabaseSync, sealedAt = usuallySealedAt): SeriesWriter {
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
    blocks.add(readTails(tails, sources.shelfOf))
    emptyTail.run()
    tails = []
    waiting = 0
  }

  return {
    get tails() {
      return tails
    },
    blocks,
    shelfOf: sources.shelfOf,
    sourceName: sources.nameOf,
    fieldNumber: fields.find,
    fieldName: fields.nameOf,
    add(points) {
      const rejections: Rejection[] = []
      const tail = new TailWriter()
      for (let index = 0; index < points.length; index += 1) {
        const point = points[index] as Point
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

type Place = Pick<Point, 'measurement' | 'site' | 'gateway'>

/**
 * Numbers of sources, given on first sight; as many are remembered as there are. A sensor's points lie on a shelf of
 * their own, because they are asked for by sensor. Reads and passages of one gateway share a shelf, whatever the read
 * point: thousands of short series would cost more than they hold. That shelf is a source without a name.
 */
function openSources(database: DatabaseSync) {
  const find = database.prepare(
    'SELECT id FROM source WHERE measurement = ? AND site = ? AND gateway = ? AND source = ?',
  )
  const add = database.prepare('INSERT INTO source (measurement, site, gateway, source, shelf) VALUES (?, ?, ?, ?, ?)')
  const putShelf = database.prepare('UPDATE source SET shelf = id WHERE id = ?')
  const places = new Map<string, Map<string, number>>()
  /** The last place of each measurement: points of one gateway come together. */
  const lastPlaces = new Map<string, Place & { readonly sources: Map<string, number> }>()
  const shelves: number[] = []
  const names: string[] = []
  for (const row of database.prepare('SELECT id, source, shelf FROM source').iterate())
    know(Number(row['id']), String(row['source']), Number(row['shelf']))

  function know(id: number, name: string, shelf: number): void {
    shelves[id] = shelf
    names[id] = name
  }

  function sourcesAt({ measurement, site, gateway }: Place): Map<string, number> {
    const last = lastPlaces.get(measurement)
    if (last !== undefined && last.gateway === gateway && last.site === site) return last.sources
    const key = `${measurement}/${site}/${gateway}` // no identifier holds a slash
    const sources = places.get(key) ?? new Map<string, number>()
    places.set(key, sources)
    lastPlaces.set(measurement, { measurement, site, gateway, sources })
    return sources
  }

  function number(place: Place, source: string): number {
    const { measurement, site, gateway } = place
    const found = find.get(measurement, site, gateway, source)?.['id']
    let id = Number(found ?? 0)
    if (found === undefined) {
      const isShared = (measurement === 'read' || measurement === 'passage') && source !== ''
      const shared = isShared ? number(place, '') : undefined
      id = Number(add.run(measurement, site, gateway, source, shared ?? 0).lastInsertRowid)
      if (shared === undefined) putShelf.run(id)
      know(id, source, shared ?? id)
    }
    sourcesAt(place).set(source, id)
    return id
  }

  return {
    /** undefined: not seen by this writer yet. */
    find: (point: Point) => sourcesAt(point).get(point.source),
    number: (point: Point) => number(point, point.source),
    shelfOf: (source: number) => shelves[source] ?? source,
    nameOf: (source: number) => names[source] ?? '',
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

import { ByteReader, ByteWriter } from './bytes.ts'
import { addRow, noRows, type Rows, setField, sourceColumn } from './rows.ts'
import type { Point } from './series-store.ts'

/**
 * What one commit brought, point after point as they came: source, time as the difference from the point before, nanos,
 * fields. It is written in one piece and read only until it is sealed into blocks.
 */
export class TailWriter {
  readonly #bytes = new ByteWriter(1 << 16)
  #before = 0
  points = 0

  /** The point's numbers: of its source, and of its fields by their names. */
  add(point: Point, source: number, numberOf: (name: string) => number): void {
    const bytes = this.#bytes
    bytes.unsigned(source)
    bytes.signed(point.at - this.#before)
    this.#before = point.at
    bytes.unsigned(point.nanos)
    const { fields } = point
    let count = 0
    for (const _ in fields) count += 1
    bytes.unsigned(count)
    for (const name in fields) {
      bytes.unsigned(numberOf(name))
      const value = fields[name] ?? 0
      if (typeof value === 'string') {
        bytes.u8(2)
        bytes.text(value)
        continue
      }
      const thousandths = Math.round(value * 1000)
      if (thousandths / 1000 === value && Math.abs(thousandths) < 2 ** 50) {
        bytes.u8(0)
        bytes.signed(thousandths)
      } else {
        bytes.u8(1)
        bytes.f64(value)
      }
    }
    this.points += 1
  }

  take(): Uint8Array {
    return this.#bytes.take()
  }
}

/** Sorts the points of tails by shelf, in their order. `wanted`: only these shelves. */
export function readTails(
  tails: Iterable<Uint8Array>,
  shelfOf: (source: number) => number,
  wanted?: ReadonlySet<number>,
): Map<number, Rows> {
  const byShelf = new Map<number, Rows>()
  for (const tail of tails) readTail(tail, shelfOf, wanted, byShelf)
  return byShelf
}

/** One loop a function: V8 leaves the compiled code of a loop within a loop each time that the inner one ends. */
function readTail(
  tail: Uint8Array,
  shelfOf: (source: number) => number,
  wanted: ReadonlySet<number> | undefined,
  byShelf: Map<number, Rows>,
): void {
  const bytes = new ByteReader(tail)
  let at = 0
  while (!bytes.isAtEnd) {
    const source = bytes.unsigned()
    at += bytes.signed()
    const nanos = bytes.unsigned()
    const shelf = shelfOf(source)
    if (wanted !== undefined && !wanted.has(shelf)) {
      skipFields(bytes)
      continue
    }
    let rows = byShelf.get(shelf)
    if (rows === undefined) {
      rows = noRows()
      byShelf.set(shelf, rows)
    }
    addRow(rows, at, nanos)
    if (shelf !== source) setField(rows, sourceColumn, source)
    readFields(bytes, rows)
  }
}

function readFields(bytes: ByteReader, rows: Rows): void {
  for (let fields = bytes.unsigned(); fields > 0; fields -= 1) {
    const name = bytes.unsigned()
    setField(rows, name, readValue(bytes, bytes.u8()))
  }
}

function skipFields(bytes: ByteReader): void {
  for (let fields = bytes.unsigned(); fields > 0; fields -= 1) {
    bytes.unsigned()
    skipValue(bytes, bytes.u8())
  }
}

function readValue(bytes: ByteReader, form: number): number | string {
  if (form === 0) return bytes.signed() / 1000
  return form === 1 ? bytes.f64() : bytes.text()
}

function skipValue(bytes: ByteReader, form: number): void {
  if (form === 0) bytes.unsigned()
  else if (form === 1) bytes.skip(8)
  else bytes.skip(Math.floor(bytes.unsigned() / 2))
}

import { ByteReader, ByteWriter } from './bytes.ts'
import { noRows, type Rows, type Value } from './rows.ts'

/**
 * Rows of one series as bytes: times as differences of differences, values column by column, each column in the
 * shortest form that gives back exactly the same values. Drawn in docs/series-schema.md; a regular measurement of two
 * decimals takes two to three bytes a value.
 *
 * Numbers are counted through: whoever walks an array of them, or hands each to a function, has V8 make an object of it.
 */
const forms = {
  /** Differences in thousandths. */
  thousandths: 0,
  floats: 1,
  /** A dictionary of the column's texts, then numbers in it. */
  texts: 2,
} as const

/** Rows must be in order (`inOrder`). */
export function encodeBlock(rows: Rows): Uint8Array {
  const { at, nanos, columns } = rows
  const bytes = new ByteWriter(64 + at.length * (4 + 4 * columns.size))
  bytes.unsigned(at.length)
  writeTimes(bytes, at)
  const hasNanos = hasOther(nanos, 0)
  bytes.u8(hasNanos ? 1 : 0)
  if (hasNanos) writeDifferences(bytes, nanos)
  bytes.unsigned(columns.size)
  const body = new ByteWriter(64 + at.length * 4)
  for (const [name, column] of columns) {
    body.reset()
    encodeColumn(body, column, at.length)
    bytes.unsigned(name)
    bytes.unsigned(body.length)
    bytes.bytes(body.view())
  }
  return bytes.take()
}

/** `wanted`: only these fields; the columns of others are passed over. */
export function decodeBlock(block: Uint8Array, wanted?: ReadonlySet<number>): Rows {
  const bytes = new ByteReader(block)
  const count = bytes.unsigned()
  const rows = noRows()
  readTimes(bytes, count, rows.at)
  if (bytes.u8() === 1) readDifferences(bytes, count, rows.nanos)
  else for (let row = 0; row < count; row += 1) rows.nanos.push(0)
  for (let columns = bytes.unsigned(); columns > 0; columns -= 1) {
    const name = bytes.unsigned()
    const length = bytes.unsigned()
    if (wanted === undefined || wanted.has(name)) rows.columns.set(name, decodeColumn(bytes, count))
    else bytes.skip(length)
  }
  return rows
}

function encodeColumn(bytes: ByteWriter, column: readonly Value[], count: number): void {
  const isFull = column.length === count && !column.includes(undefined)
  const present = (isFull ? column : column.filter((value) => value !== undefined)) as readonly (number | string)[]
  bytes.u8(isFull ? 1 : 0)
  if (!isFull) {
    for (let row = 0; row < count; row += 8) {
      let bits = 0
      for (let bit = 0; bit < 8; bit += 1) if (column[row + bit] !== undefined) bits |= 1 << bit
      bytes.u8(bits)
    }
  }
  const numbers = areNumbers(present) ? present : undefined
  const thousandths = numbers && thousandthsOf(numbers)
  if (thousandths !== undefined) {
    bytes.u8(forms.thousandths)
    writeDifferences(bytes, thousandths)
  } else if (numbers !== undefined) {
    bytes.u8(forms.floats)
    for (let row = 0; row < numbers.length; row += 1) bytes.f64(numbers[row] as number)
  } else {
    bytes.u8(forms.texts)
    writeTexts(bytes, present)
  }
}

function decodeColumn(bytes: ByteReader, count: number): Value[] {
  const isFull = bytes.u8() === 1
  const bits: number[] = []
  if (!isFull) for (let row = 0; row < count; row += 8) bits.push(bytes.u8())
  const isPresent = (row: number) => isFull || ((bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0
  let present = 0
  for (let row = 0; row < count; row += 1) if (isPresent(row)) present += 1
  const values = decodeValues(bytes, present)
  if (isFull) return values
  const column: Value[] = []
  for (let row = 0, next = 0; row < count; row += 1) column.push(isPresent(row) ? values[next++] : undefined)
  return column
}

function decodeValues(bytes: ByteReader, count: number): Value[] {
  const form = bytes.u8()
  const values: Value[] = []
  if (form === forms.thousandths) {
    readDifferences(bytes, count, values as number[])
    for (let index = 0; index < count; index += 1) values[index] = (values[index] as number) / 1000
  } else if (form === forms.floats) for (let index = 0; index < count; index += 1) values.push(bytes.f64())
  else {
    const dictionary: string[] = []
    for (let size = bytes.unsigned(); size > 0; size -= 1) dictionary.push(bytes.text())
    for (let index = 0; index < count; index += 1) values.push(dictionary[bytes.unsigned()])
  }
  return values
}

function areNumbers(values: readonly Value[]): values is readonly number[] {
  for (let row = 0; row < values.length; row += 1) if (typeof values[row] !== 'number') return false
  return true
}

function hasOther(values: readonly number[], usual: number): boolean {
  for (let row = 0; row < values.length; row += 1) if (values[row] !== usual) return true
  return false
}

/** Beyond it differences would not be exact any more. */
const largest = 2 ** 50

/** The values in thousandths, where that loses nothing of any of them. */
function thousandthsOf(values: readonly number[]): number[] | undefined {
  const thousandths: number[] = new Array(values.length)
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number
    const rounded = Math.round(value * 1000)
    if (rounded / 1000 !== value || Math.abs(rounded) > largest) return undefined
    thousandths[row] = rounded
  }
  return thousandths
}

function writeTexts(bytes: ByteWriter, values: readonly (number | string)[]): void {
  const dictionary = new Map<string, number>()
  const numbers = new Uint32Array(values.length)
  for (let row = 0; row < values.length; row += 1) numbers[row] = numberIn(dictionary, String(values[row]))
  bytes.unsigned(dictionary.size)
  for (const text of dictionary.keys()) bytes.text(text)
  for (let row = 0; row < numbers.length; row += 1) bytes.unsigned(numbers[row] ?? 0)
}

function numberIn(dictionary: Map<string, number>, text: string): number {
  const known = dictionary.get(text)
  if (known !== undefined) return known
  const number = dictionary.size
  dictionary.set(text, number)
  return number
}

function writeTimes(bytes: ByteWriter, at: readonly number[]): void {
  let before = 0
  let step = 0
  for (let row = 0; row < at.length; row += 1) {
    const time = at[row] as number
    bytes.signed(time - before - step)
    step = time - before
    if (before === 0) step = 0 // the first time says nothing about the rhythm
    before = time
  }
}

function readTimes(bytes: ByteReader, count: number, at: number[]): void {
  let before = 0
  let step = 0
  for (let row = 0; row < count; row += 1) {
    const time = before + step + bytes.signed()
    step = before === 0 ? 0 : time - before
    before = time
    at.push(time)
  }
}

function writeDifferences(bytes: ByteWriter, values: readonly number[]): void {
  let before = 0
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number
    bytes.signed(value - before)
    before = value
  }
}

function readDifferences(bytes: ByteReader, count: number, values: number[]): void {
  let before = 0
  for (let index = 0; index < count; index += 1) {
    before += bytes.signed()
    values.push(before)
  }
}

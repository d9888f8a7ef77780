import { numberAt, numberEnd, putNumber, unzigzag, zigzag } from './evidence-bytes.ts'

/**
 * Rows of numbers under an id, of which most are nothing, a small whole number, or an instant near one before: a fifth
 * of what they take as they are. Each row: the id (LEB128), two bits for each number that say what it is, then those that
 * are something, in their order. Every number comes back as it was.
 */
export interface NumberRows {
  /** So many `cells` from `start` on. */
  add(id: number, cells: Float64Array, start: number, count: number): void
  /** The rows since the last time. */
  take(): Uint8Array
}

/** In two bits: 0; LEB128, zigzag; the same as difference from the last of its kind in these rows; eight bytes. */
const nothing = 0
const small = 1
const instant = 2
const double = 3
const leastInstant = 2 ** 31
/** Differences between them are exact. */
const mostInstant = 2 ** 51
/** Of an id, and of a number. */
const mostBytes = 8

export function openNumberRows(): NumberRows {
  let bytes = new Uint8Array(1024)
  let view = new DataView(bytes.buffer)
  let end = 0
  let lastInstant = 0
  return {
    add: (id, cells, start, count) => {
      const most = end + mostBytes + kindBytes(count) + count * mostBytes
      if (most > bytes.length) {
        const larger = new Uint8Array(Math.max(most, 2 * bytes.length))
        larger.set(bytes)
        bytes = larger
        view = new DataView(bytes.buffer)
      }
      const kinds = putNumber(bytes, end, id)
      let to = kinds + kindBytes(count)
      let four = 0
      for (let index = 0; index < count; index += 1) {
        const value = cells[start + index] ?? 0
        const kind = kindOf(value)
        four |= kind << ((index & 3) * 2)
        if ((index & 3) === 3 || index === count - 1) {
          bytes[kinds + (index >> 2)] = four
          four = 0
        }
        if (kind === nothing) continue
        if (kind === small) to = putNumber(bytes, to, zigzag(value))
        else if (kind === instant) {
          to = putNumber(bytes, to, zigzag(value - lastInstant))
          lastInstant = value
        } else {
          view.setFloat64(to, value, true)
          to += 8
        }
      }
      end = to
    },
    take: () => {
      const taken = bytes.slice(0, end)
      end = 0
      lastInstant = 0
      return taken
    },
  }
}

/** Every row of `count` numbers, in a row that is used again for the next. What is cut off at the end is left out. */
export function unpackNumberRows(blob: unknown, count: number, visit: (id: number, cells: Float64Array) => void): void {
  if (!(blob instanceof Uint8Array)) return
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  const cells = new Float64Array(count)
  let lastInstant = 0
  for (let start = 0; start < blob.length; ) {
    const id = numberAt(blob, start)
    const kinds = numberEnd(blob, start)
    let from = kinds + kindBytes(count)
    for (let index = 0; index < count; index += 1) {
      const kind = ((blob[kinds + (index >> 2)] ?? 0) >> ((index & 3) * 2)) & 3
      if (kind === nothing) cells[index] = 0
      else if (kind === double) {
        if (from + 8 > blob.length) return
        cells[index] = view.getFloat64(from, true)
        from += 8
      } else {
        const value = unzigzag(numberAt(blob, from))
        from = numberEnd(blob, from)
        if (kind === instant) lastInstant += value
        cells[index] = kind === instant ? lastInstant : value
      }
    }
    if (from > blob.length) return
    visit(id, cells)
    start = from
  }
}

function kindBytes(count: number): number {
  return (count + 3) >> 2
}

function kindOf(value: number): number {
  // Minus nothing is not nothing, and there is no whole number like it.
  if (value === 0) return Object.is(value, -0) ? double : nothing
  if ((value | 0) === value) return small
  return value >= leastInstant && value <= mostInstant && Math.floor(value) === value ? instant : double
}

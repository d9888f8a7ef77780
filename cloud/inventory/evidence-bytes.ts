/** One piece of evidence as numbers: what the file of the projection keeps of it. */
export interface KeptEvidence {
  /** Id of the item. */
  readonly item: number
  /** Event time, Unix ms. */
  readonly at: number
  /** Id of the place that it speaks for. */
  readonly place: number
  /** Id of the name of what saw it. */
  readonly readPoint: number
  /** Index in `bases`, below 8. */
  readonly basis: number
  /** Tag reads merged in it. */
  readonly count: number
  /** Strongest of them, centi-dBm; undefined where the reader does not tell. */
  readonly level: number | undefined
  /** In thousandths. */
  readonly sureness: number
  /** It was recorded so long after it happened that it is history, and moved no stock. */
  readonly isTooLate: boolean
}

const hasLevel = 8
const isUnsure = 16
const isHistory = 32
const certain = 1000
/** Eight numbers of at most eight bytes. */
const mostBytes = 64

/** Packs rows one by one. */
export interface EvidencePacking {
  add(row: KeptEvidence): void
  /** Those since the last time. */
  take(): Uint8Array
}

/**
 * Rows one behind the other: item and time as differences from the row before (zigzag), place, read point, a byte of
 * basis and flags, count, and, where the flags say so, level and sureness; all of them LEB128. A row of a sorted run
 * takes about ten bytes.
 */
export function packEvidence(rows: readonly KeptEvidence[]): Uint8Array {
  const packing = openPacking()
  for (const row of rows) packing.add(row)
  return packing.take()
}

export function openPacking(): EvidencePacking {
  let bytes = new Uint8Array(16 * mostBytes)
  let end = 0
  let item = 0
  let at = 0
  const put = (value: number): void => {
    let rest = value
    for (; rest >= 2 ** 31; rest = Math.floor(rest / 128)) {
      bytes[end] = (rest % 128) + 128
      end += 1
    }
    for (; rest >= 128; rest >>>= 7) {
      bytes[end] = (rest & 127) | 128
      end += 1
    }
    bytes[end] = rest
    end += 1
  }
  return {
    add: (row) => {
      if (end + mostBytes > bytes.length) {
        const larger = new Uint8Array(2 * bytes.length)
        larger.set(bytes)
        bytes = larger
      }
      put(zigzag(row.item - item))
      put(zigzag(row.at - at))
      put(row.place)
      put(row.readPoint)
      const flags = (row.level === undefined ? 0 : hasLevel) + (row.sureness === certain ? 0 : isUnsure)
      put(row.basis + flags + (row.isTooLate ? isHistory : 0))
      put(row.count)
      if (row.level !== undefined) put(zigzag(row.level))
      if (row.sureness !== certain) put(row.sureness)
      item = row.item
      at = row.at
    },
    take: () => {
      const taken = bytes.slice(0, end)
      end = 0
      item = 0
      at = 0
      return taken
    },
  }
}

/** Every row of `only`, or of all items, in the order in which they were packed. */
export function unpackEvidence(bytes: Uint8Array, visit: (row: KeptEvidence) => void, only?: number): void {
  let start = 0
  let item = 0
  let at = 0
  const take = (): number => {
    let value = 0
    for (let scale = 1; start < bytes.length; scale *= 128) {
      const byte = bytes[start] ?? 0
      start += 1
      if (byte < 128) return value + byte * scale
      value += (byte - 128) * scale
    }
    return value
  }
  while (start < bytes.length) {
    item += unzigzag(take())
    at += unzigzag(take())
    const place = take()
    const readPoint = take()
    const head = take()
    const count = take()
    const level = (head & hasLevel) === 0 ? undefined : unzigzag(take())
    const sureness = (head & isUnsure) === 0 ? certain : take()
    if (only === undefined || only === item) {
      const isTooLate = (head & isHistory) !== 0
      visit({ item, at, place, readPoint, basis: head & 7, count, level, sureness, isTooLate })
    }
  }
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

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
  return {
    add: (row) => {
      if (end + mostBytes > bytes.length) {
        const larger = new Uint8Array(2 * bytes.length)
        larger.set(bytes)
        bytes = larger
      }
      const flags = (row.level === undefined ? 0 : hasLevel) + (row.sureness === certain ? 0 : isUnsure)
      let to = putNumber(bytes, end, zigzag(row.item - item))
      to = putNumber(bytes, to, zigzag(row.at - at))
      to = putNumber(bytes, to, row.place)
      to = putNumber(bytes, to, row.readPoint)
      to = putNumber(bytes, to, row.basis + flags + (row.isTooLate ? isHistory : 0))
      to = putNumber(bytes, to, row.count)
      if (row.level !== undefined) to = putNumber(bytes, to, zigzag(row.level))
      if (row.sureness !== certain) to = putNumber(bytes, to, row.sureness)
      end = to
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

/** Where what follows a number ends up: behind its last byte, or beyond the bytes if it is cut off. */
export function numberEnd(bytes: Uint8Array, start: number): number {
  let end = start
  while ((bytes[end] ?? 0) >= 128) end += 1
  return end + 1
}

/** The number that begins at `start`. */
export function numberAt(bytes: Uint8Array, start: number): number {
  let value = 0
  let at = start
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at] ?? 0
    if (byte < 128) return value + byte * scale
    value += (byte - 128) * scale
    at += 1
  }
}

/** Where a row ends of which place, read point and so on begin at `start`. */
export function bodyEnd(bytes: Uint8Array, start: number): number {
  const headStart = numberEnd(bytes, numberEnd(bytes, start))
  const head = bytes[headStart] ?? 0
  let end = numberEnd(bytes, numberEnd(bytes, headStart))
  if ((head & hasLevel) !== 0) end = numberEnd(bytes, end)
  if ((head & isUnsure) !== 0) end = numberEnd(bytes, end)
  return end
}

/** Writes a number at `start`; returns where the next one goes. */
export function putNumber(bytes: Uint8Array, start: number, value: number): number {
  let end = start
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
  return end + 1
}

export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

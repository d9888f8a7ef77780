/**
 * Bits `from` to `from + count` of hex text, the first bit of the text being bit 0, as a number. At most 46 bits: with
 * the digits that they only share, those are 52, which a number holds exactly. The caller knows that they are there.
 */
export function bitsAt(hex: string, from: number, count: number): number {
  const end = (from + count + 3) >> 2
  const digits = Number.parseInt(hex.slice(from >> 2, end), 16)
  return Math.floor(digits / 2 ** (end * 4 - from - count)) % 2 ** count
}

/** The same for fields that no number can hold. */
export function bigBitsAt(hex: string, from: number, count: number): bigint {
  const end = (from + count + 3) >> 2
  const digits = BigInt(`0x${hex.slice(from >> 2, end)}`)
  return (digits >> BigInt(end * 4 - from - count)) & ((1n << BigInt(count)) - 1n)
}

/** Reads one field after another. */
export interface BitCursor {
  readonly hex: string
  /** Of the next bit. */
  at: number
}

export function bitsLeft({ hex, at }: BitCursor): number {
  return hex.length * 4 - at
}

/** The next bits, or undefined where so many are not left. */
export function take(cursor: BitCursor, count: number): number | undefined {
  if (count > bitsLeft(cursor)) return undefined
  const value = bitsAt(cursor.hex, cursor.at, count)
  cursor.at += count
  return value
}

/** Zeros and ones → upper-case hex of whole words: tags are written in words of 16 bits, filled up with zeros. */
export function hexOfBits(bits: string): string {
  let hex = ''
  for (let at = 0; at < bits.length; at += 16) {
    hex += Number.parseInt(bits.slice(at, at + 16).padEnd(16, '0'), 2)
      .toString(16)
      .padStart(4, '0')
  }
  return hex.toUpperCase()
}

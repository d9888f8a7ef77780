/**
 * Lines of text as UTF-8 bytes in a buffer that is used again and again: strings that are put together from parts live
 * until the last part has come, and with thousands of lines that is what the garbage collector is busy with.
 */
export class LineBytes {
  #bytes: Buffer
  length = 0

  constructor(capacity = 64 * 1024) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity)
  }

  /** What was written, as long as nothing more is and until `reset`. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }

  /** Begins anew; what it has grown beyond `mostBytes` is given back. */
  reset(mostBytes = Number.POSITIVE_INFINITY): void {
    this.length = 0
    if (this.#bytes.length > mostBytes) this.#bytes = Buffer.allocUnsafeSlow(mostBytes)
  }

  byte(code: number): void {
    this.#room(1)
    this.#bytes[this.length++] = code
  }

  /** Short ones; a loop costs less than a call that leaves JavaScript. */
  bytes(bytes: Uint8Array): void {
    const { length } = bytes
    this.#room(length)
    const into = this.#bytes
    let at = this.length
    for (let index = 0; index < length; index += 1) into[at++] = bytes[index] as number
    this.length = at
  }

  /** Text that consists of letters, digits and `_.:-`; false: it does not, and nothing was written. */
  plain(text: string): boolean {
    const { length } = text
    this.#room(length)
    const into = this.#bytes
    let at = this.length
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index)
      if (!isPlain(code)) return false
      into[at++] = code
    }
    this.length = at
    return true
  }

  text(text: string): void {
    this.#room(3 * text.length) // UTF-16 in UTF-8 at most
    this.length += this.#bytes.write(text, this.length)
  }

  /** A finite number in decimal as `String` writes it. */
  number(value: number): void {
    if (Number.isSafeInteger(value)) this.integer(value)
    else this.text(String(value))
  }

  /** A safe integer in decimal; of −0 no more than of 0. */
  integer(value: number): void {
    this.#room(17)
    let rest = value
    if (value < 0) {
      this.#bytes[this.length++] = 45 // -
      rest = -value
    }
    if (rest < 1e9) {
      this.#digits(rest, digitsOf(rest))
      return
    }
    const high = Math.floor(rest / 1e9)
    this.#digits(high, digitsOf(high))
    this.#digits(rest - high * 1e9, 9)
  }

  /** An integer from 0 to 10⁹ − 1 with leading zeros. */
  padded(value: number, digits: number): void {
    this.#room(digits)
    this.#digits(value, digits)
  }

  #digits(value: number, digits: number): void {
    const into = this.#bytes
    let rest = value | 0
    for (let at = this.length + digits - 1; at >= this.length; at -= 1) {
      const tenth = (rest / 10) | 0
      into[at] = 48 + rest - tenth * 10
      rest = tenth
    }
    this.length += digits
  }

  #room(more: number): void {
    if (this.length + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + more, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.length)
    this.#bytes = larger
  }
}

function digitsOf(value: number): number {
  if (value < 1e4) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4
  if (value < 1e7) return value < 1e5 ? 5 : value < 1e6 ? 6 : 7
  return value < 1e8 ? 8 : 9
}

function isPlain(code: number): boolean {
  if (code >= 97) return code <= 122 // a–z
  if (code >= 65) return code <= 90 || code === 95 // A–Z _
  return (code >= 48 && code <= 58) || code === 45 || code === 46 // 0–9 : - .
}

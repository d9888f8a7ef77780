/** Bytes that grow as they are written. Integers are LEB128 varints, signed ones zigzag, both exact up to ±2⁵². */
export class ByteWriter {
  #bytes: Uint8Array
  #view: DataView
  length = 0

  constructor(capacity = 4096) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.length)
  }

  /** What was written, as long as nothing more is. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }

  reset(): void {
    this.length = 0
  }

  u8(value: number): void {
    this.#room(1)
    this.#bytes[this.length++] = value
  }

  f64(value: number): void {
    this.#room(8)
    this.#view.setFloat64(this.length, value, true)
    this.length += 8
  }

  unsigned(value: number): void {
    this.#room(8)
    if (value < 128) {
      this.#bytes[this.length++] = value
      return
    }
    let rest = value
    while (rest > 0xffff_ffff) {
      this.#bytes[this.length++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    while (rest > 127) {
      this.#bytes[this.length++] = (rest & 127) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.length++] = rest
  }

  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value)
  }

  bytes(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** Text: an EPC in upper-case hex as its bytes, anything else as UTF-8. */
  text(text: string): void {
    if (this.#hex(text)) return
    const utf8 = encoder.encode(text)
    this.unsigned(utf8.length * 2)
    this.bytes(utf8)
  }

  /** Writes nothing and says false when it is not plain hex. */
  #hex(text: string): boolean {
    const { length } = text
    if (length === 0 || length % 2 !== 0) return false
    const before = this.length
    this.unsigned(length + 1) // twice its bytes, plus 1
    this.#room(length / 2)
    for (let index = 0; index < length; index += 2) {
      const high = nibbleOf(text.charCodeAt(index))
      const low = nibbleOf(text.charCodeAt(index + 1))
      if (high < 0 || low < 0) {
        this.length = before
        return false
      }
      this.#bytes[this.length++] = (high << 4) | low
    }
    return true
  }

  #room(more: number): void {
    if (this.length + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.length + more, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.length))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

/** Reads what a `ByteWriter` wrote, in the same order. */
export class ByteReader {
  readonly #bytes: Buffer
  readonly #view: DataView
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length
  }

  u8(): number {
    return this.#bytes[this.at++] ?? 0
  }

  f64(): number {
    const value = this.#view.getFloat64(this.at, true)
    this.at += 8
    return value
  }

  unsigned(): number {
    const byte = this.#bytes[this.at++] ?? 0
    return byte < 128 ? byte : this.#rest(byte & 127)
  }

  /** Up to 28 bits in integers, which is nearly everything; what lies beyond in floats. */
  #rest(lowest: number): number {
    const bytes = this.#bytes
    let value = lowest
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = bytes[this.at++] ?? 0
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
    for (let factor = 2 ** 28; ; factor *= 128) {
      const byte = bytes[this.at++] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  signed(): number {
    const value = this.unsigned()
    if (value < 2 ** 31) return (value >>> 1) ^ -(value & 1)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  text(): string {
    const head = this.unsigned()
    const begin = this.at
    this.at += Math.floor(head / 2)
    if (head % 2 === 0) return decoder.decode(this.#bytes.subarray(begin, this.at))
    return this.#bytes.toString('hex', begin, this.at).toUpperCase()
  }

  skip(bytes: number): void {
    this.at += bytes
  }
}

/** −1: not a digit of upper-case hex. */
function nibbleOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  return code >= 65 && code <= 70 ? code - 55 : -1
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

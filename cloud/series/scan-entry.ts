import { isUtf8 } from 'node:buffer'
import { type GatewayBody, parsedRecords } from '../journal/read-entry.ts'
import { Names } from './names.ts'
import { addRecord, type EntrySeries, type GatewayRecord, noSeries, seriesOf } from './points.ts'
import type { Point } from './series-store.ts'

/**
 * Reads what journal entries add to the series straight from their bytes. The two kinds of record that make up the
 * stream, in the plain form in which gateways write them, cost neither a parser nor objects that nobody needs; every
 * other record goes through `JSON.parse` and `addRecord`. A property test shows that it makes no difference.
 *
 * @throws like `JSON.parse` on what is no JSON: the disk has changed it.
 */
export function openEntryScanner(): (body: GatewayBody) => EntrySeries {
  const scanner = new EntryScanner()
  return (body) => {
    if (!isUtf8(body.bytes)) throw new Error('not UTF-8')
    try {
      return scanner.scan(body)
    } catch {
      // An envelope as no gateway of ours writes it; or no JSON, and then this throws.
      return seriesOf({ ...body, records: parsedRecords(body) })
    }
  }
}

/** Bytes of JSON that mean something. */
const space = 0x20
const quote = 0x22
const comma = 0x2c
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const colon = 0x3a
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** What plain records consist of beside their values, in the order in which gateways write it. */
const written = {
  measurement: literal('{"kind":"measurement","at":'),
  sensor: literal(',"sensor":'),
  values: literal(',"values":{'),
  observation: literal('{"kind":"observation","at":'),
  firstAt: literal(',"firstAt":'),
  readPoint: literal(',"readPoint":'),
  epc: literal(',"epc":'),
  count: literal(',"count":'),
  peakRssiDbm: literal(',"peakRssiDbm":'),
  antenna: literal(',"antenna":'),
  tid: literal(',"tid":'),
}
/** An entry that begins with so many records of another form is not worth a second look at each. */
const patience = 8

/** A power of ten of so many decimals divides fifteen digits without a second rounding. */
const mostDigits = 15
const powers = Array.from({ length: mostDigits + 1 }, (_, exponent) => 10 ** exponent)

type Place = Pick<Point, 'site' | 'gateway'>

/** One cursor for all entries; nothing of one is left when the next begins but names. */
class EntryScanner {
  readonly #names = new Names()
  #place: Place = { site: '', gateway: '' }
  #bytes: Buffer = Buffer.alloc(0)
  #view = new DataView(this.#bytes.buffer)
  #at = 0
  /** Quantities of the last measurement: those of the next are the same as a rule. */
  #quantities: Quantity[] = []

  scan(body: GatewayBody): EntrySeries {
    const { site, gateway, first, form, bytes } = body
    // The very texts of the entry before: who compares them need not read them.
    if (site !== this.#place.site || gateway !== this.#place.gateway) this.#place = { site, gateway }
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#at = 0
    const series = noSeries()
    if (form === 'batch') this.#envelope(series, first)
    else this.#records(series, first)
    this.#skipSpaces()
    if (this.#at !== bytes.length) throw this.#unexpected()
    return series
  }

  /** An object of which one field is `records`. */
  #envelope(series: EntrySeries, first: number): void {
    this.#expect(openBrace)
    let found = false
    for (;;) {
      const key = this.#parsed()
      this.#expect(colon)
      if (key !== 'records') this.#parsed()
      else if (found) throw this.#unexpected()
      else this.#records(series, first)
      found ||= key === 'records'
      if (this.#bytes[this.#at] === closeBrace) break
      this.#expect(comma)
    }
    this.#at += 1
    if (!found) throw this.#unexpected()
  }

  #records(series: EntrySeries, first: number): void {
    this.#expect(openBracket)
    let plain = 0
    for (let sequence = first; ; sequence += 1) {
      this.#skipSpaces()
      const begin = this.#at
      const read = this.#plainRecord(sequence)
      if (read !== undefined) {
        plain += 1
        series.points.push(read)
      } else {
        if (plain === 0 && sequence - first === patience) throw this.#unexpected()
        this.#at = begin
        addRecord(series, this.#place, this.#parsed() as GatewayRecord, sequence)
      }
      series.length += 1
      this.#skipSpaces()
      if (this.#bytes[this.#at] === closeBracket) break
      this.#expect(comma)
    }
    this.#at += 1
  }

  /** The point of a plain record; undefined: it is none, and the cursor is anywhere. */
  #plainRecord(sequence: number): Point | undefined {
    if (this.#isNext(written.measurement)) return this.#measurement()
    return this.#isNext(written.observation) ? this.#observation(sequence) : undefined
  }

  #measurement(): Point | undefined {
    const at = this.#number()
    if (!this.#isNext(written.sensor)) return undefined
    const source = this.#name()
    if (source === undefined || !this.#isNext(written.values)) return undefined
    const fields = this.#values()
    if (fields === undefined || this.#bytes[this.#at] !== closeBrace || Number.isNaN(at)) return undefined
    this.#at += 1
    const { site, gateway } = this.#place
    return { measurement: 'condition', site, gateway, source, at, nanos: 0, fields }
  }

  #observation(sequence: number): Point | undefined {
    const at = this.#number()
    if (!this.#isNext(written.firstAt)) return undefined
    const firstAt = this.#number()
    if (!this.#isNext(written.readPoint)) return undefined
    const source = this.#name()
    if (source === undefined || !this.#isNext(written.epc)) return undefined
    const epc = this.#text()
    if (epc === undefined || !this.#isNext(written.count)) return undefined
    const count = this.#number()
    const fields: Record<string, number | string> = { epc, count }
    let sum = at + firstAt + count
    if (this.#isNext(written.peakRssiDbm)) sum += fields['peakRssiDbm'] = this.#number()
    if (this.#isNext(written.antenna)) sum += fields['antenna'] = this.#number()
    if (this.#isNext(written.tid) && this.#text() === undefined) return undefined
    if (Number.isNaN(sum) || this.#bytes[this.#at] !== closeBrace) return undefined
    this.#at += 1
    const { site, gateway } = this.#place
    return { measurement: 'read', site, gateway, source, at, nanos: sequence % 1_000_000, fields }
  }

  /** Numbers by the names of quantities, of which there is one at least; undefined: not plain. */
  #values(): Record<string, number> | undefined {
    const bytes = this.#bytes
    const values: Record<string, number> = {}
    for (let index = 0; ; index += 1) {
      const name = this.#quantity(index)
      if (name === undefined) return undefined
      const value = this.#number()
      if (Number.isNaN(value)) return undefined
      values[name] = value
      const byte = bytes[this.#at]
      this.#at += 1
      if (byte === closeBrace) return values
      if (byte !== comma) return undefined
    }
  }

  /** Moves behind the name and its colon. */
  #quantity(index: number): string | undefined {
    const expected = this.#quantities[index]
    if (expected !== undefined && this.#isNext(expected.written)) return expected.name
    // Letters first: whatever JavaScript orders or hides among the fields of an object begins with something else.
    const letter = (this.#bytes[this.#at + 1] ?? 0) | 0x20
    if (letter < 0x61 || letter > 0x7a) return undefined
    const name = this.#name()
    if (name === undefined || this.#bytes[this.#at] !== colon) return undefined
    this.#at += 1
    if (index < mostQuantities) this.#quantities[index] = { name, written: literal(`"${name}":`) }
    return name
  }

  /** Moves behind these bytes, if they are what comes next. */
  #isNext({ words, last, length }: Literal): boolean {
    const at = this.#at
    const view = this.#view
    if (at + length > view.byteLength) return false
    for (let index = 0; index < words.length; index += 1)
      if (view.getInt32(at + 4 * index, true) !== words[index]) return false
    if (view.getInt32(at + length - 4, true) !== last) return false
    this.#at = at + length
    return true
  }

  /** A text of printable ASCII without escapes that is known already as a rule; undefined: another. */
  #name(): string | undefined {
    const bytes = this.#bytes
    if (bytes[this.#at] !== quote) return undefined
    const begin = this.#at + 1
    let at = begin
    let hash = 0
    for (; ; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte === quote) break
      if (byte < space || byte === backslash || byte > 0x7e) return undefined
      hash = Math.imul(hash ^ byte, 0x01000193)
    }
    this.#at = at + 1
    return this.#names.find(bytes, begin, at, hash)
  }

  /** A text of printable ASCII without escapes; undefined: another. */
  #text(): string | undefined {
    const bytes = this.#bytes
    if (bytes[this.#at] !== quote) return undefined
    const begin = this.#at + 1
    for (let at = begin; ; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte === quote) {
        this.#at = at + 1
        return bytes.toString('latin1', begin, at)
      }
      if (byte < space || byte === backslash || byte > 0x7e) return undefined
    }
  }

  /** A number of at most fifteen digits without exponent; NaN: another, or none. */
  #number(): number {
    const bytes = this.#bytes
    let at = this.#at
    const isNegative = bytes[at] === minus
    if (isNegative) at += 1
    const begin = at
    let digits = 0
    let byte = bytes[at] ?? 0
    while (byte >= zero && byte <= 0x39) {
      digits = digits * 10 + byte - zero
      at += 1
      byte = bytes[at] ?? 0
    }
    const whole = at - begin
    if (whole === 0 || (whole > 1 && bytes[begin] === zero)) return Number.NaN
    let decimals = 0
    if (byte === point) {
      at += 1
      byte = bytes[at] ?? 0
      while (byte >= zero && byte <= 0x39) {
        digits = digits * 10 + byte - zero
        decimals += 1
        at += 1
        byte = bytes[at] ?? 0
      }
      if (decimals === 0) return Number.NaN
    }
    if (whole + decimals > mostDigits || byte === 0x65 || byte === 0x45) return Number.NaN // e E
    this.#at = at
    const value = decimals === 0 ? digits : digits / (powers[decimals] as number)
    return isNegative ? -value : value
  }

  /** Any value, by JSON.parse, of which the cursor only knows how to find the end. */
  #parsed(): unknown {
    this.#skipSpaces()
    const begin = this.#at
    this.#at = this.#endOfValue()
    const value: unknown = JSON.parse(this.#bytes.toString('utf8', begin, this.#at))
    this.#skipSpaces()
    return value
  }

  #endOfValue(): number {
    const bytes = this.#bytes
    let depth = 0
    for (let at = this.#at; at < bytes.length; at += 1) {
      switch (bytes[at]) {
        case quote:
          at = endOfText(bytes, at)
          if (depth === 0) return at + 1
          break
        case openBrace:
        case openBracket:
          depth += 1
          break
        case closeBrace:
        case closeBracket:
          if (depth === 0) return at // behind a number or a word
          depth -= 1
          if (depth === 0) return at + 1
          break
        case comma:
        case colon:
          if (depth === 0) return at
      }
    }
    return bytes.length
  }

  #expect(byte: number): void {
    this.#skipSpaces()
    if (this.#bytes[this.#at] !== byte) throw this.#unexpected()
    this.#at += 1
    this.#skipSpaces()
  }

  #skipSpaces(): void {
    const bytes = this.#bytes
    let byte = bytes[this.#at]
    while (byte === space || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      this.#at += 1
      byte = bytes[this.#at]
    }
  }

  #unexpected(): Error {
    return new Error(`Byte ${this.#at} is not expected.`)
  }
}

/** Quantities of a measurement that are expected of the next. */
const mostQuantities = 32

interface Quantity {
  readonly name: string
  readonly written: Literal
}

/** Bytes that are compared four at a time; there are four at least. */
interface Literal {
  readonly words: Int32Array
  /** The last four of them, which may overlap with the last word. */
  readonly last: number
  readonly length: number
}

function literal(text: string): Literal {
  const bytes = Buffer.from(text)
  const words = Int32Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readInt32LE(4 * index))
  return { words, last: bytes.readInt32LE(bytes.length - 4), length: bytes.length }
}

/** The quote that ends the text which begins at `from`; the end of all bytes, if none does. */
function endOfText(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; at < bytes.length; at += 1) {
    if (bytes[at] === backslash) at += 1
    else if (bytes[at] === quote) return at
  }
  return bytes.length
}

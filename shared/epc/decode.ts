import { type BitCursor, bigBitsAt, bitsAt, bitsLeft, take } from './bits.ts'
import { character6, takeText6, takeText7 } from './characters.ts'
import { type CodingName, codingByHeader, codingOf, type Field, partitionRow } from './codings.ts'
import { type Epc, raw } from './epc.ts'
import { decodePlus, plusByHeader } from './plus-codings.ts'
import { flawOf } from './schemes.ts'

const wholeBytes = /^(?:[0-9A-Fa-f]{2})+$/
const tidHeader = 0xe2
/** Of a component and part identifier, its company prefix not counted. */
const longestText6 = 24

/**
 * The hex of an EPC memory bank (without CRC and PC) → what it says. TDS 2.3 §14.4: bits beyond the end of a coding
 * fill the last word and are not looked at. Never throws; what the standard does not explain is `raw`.
 */
export function decodeEpc(hex: string): Epc {
  if (!wholeBytes.test(hex)) return raw('not-hex')
  const header = bitsAt(hex, 0, 8)
  const name = codingByHeader.get(header)
  if (name !== undefined) return decodeTag(name, hex)
  const plus = plusByHeader.get(header)
  if (plus !== undefined) return decodePlus(plus, hex)
  return raw(header === tidHeader ? 'tid' : 'header')
}

/** The TID of a chip begins with the class identifier E2 (TDS 2.3 §16.2.1); no EPC does. */
export function isTid(hex: string): boolean {
  return bitsAt(hex, 0, 8) === tidHeader
}

/** How long hex with this header is on a tag, in bits: whole words; 0: of any length; undefined: no known header. */
export function codedBits(hex: string): number | undefined {
  const header = bitsAt(hex, 0, 8)
  const name = codingByHeader.get(header)
  if (name !== undefined) return Math.ceil(codingOf(name).bits / 16) * 16
  return header === tidHeader || plusByHeader.has(header) ? 0 : undefined
}

function decodeTag(name: CodingName, hex: string): Epc {
  const coding = codingOf(name)
  const cursor: BitCursor = { hex, at: 8 }
  if (hex.length * 4 < coding.bits || bitsLeft(cursor) < coding.filter) return raw('length')
  const filter = coding.filter === 0 ? null : (take(cursor, coding.filter) ?? null)
  const parts: string[] = []
  for (const field of coding.fields) {
    const values = takeField(cursor, field)
    if (values === undefined) return raw('value')
    parts.push(...values)
  }
  const identity = { scheme: coding.scheme, parts }
  return flawOf(identity) === undefined ? { is: 'tag', coding: name, filter, identity } : raw('value')
}

/** The parts of the identity that a field holds. */
function takeField(cursor: BitCursor, field: Field): readonly string[] | undefined {
  switch (field.is) {
    case 'partition':
      return takePartition(cursor, field)
    case 'number':
      return one(take(cursor, field.bits)?.toString())
    case 'digits':
      return one(take(cursor, field.bits)?.toString().padStart(field.digits, '0'))
    case 'numeral':
      return one(takeNumeral(cursor, field.bits))
    case 'text7':
      return one(takeText7(cursor, field.bits))
    case 'text6':
      return one(takeText6(cursor, field.longest))
    case 'cage':
      return one(takeCage(cursor, field.characterBits))
    case 'zeros':
      return take(cursor, field.bits) === 0 ? [] : undefined
  }
}

function one(value: string | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : [value]
}

function takePartition(cursor: BitCursor, field: Extract<Field, { is: 'partition' }>): readonly string[] | undefined {
  const row = partitionRow(take(cursor, 3) ?? 7)
  const prefix = row === undefined ? undefined : take(cursor, row.bits)
  if (row === undefined || prefix === undefined || prefix >= 10 ** row.digits) return undefined
  const companyPrefix = prefix.toString().padStart(row.digits, '0')
  const reference =
    field.reference === 'text6'
      ? takeText6(cursor, longestText6)
      : field.reference === 'text7'
        ? takeText7(cursor, field.bits - row.bits)
        : takeReference(cursor, field.bits - row.bits)
  if (reference === undefined) return undefined
  if (field.reference !== 'padded') return [companyPrefix, reference]
  // Where the company prefix has all digits, the reference is empty and its bits are zero (TDS 2.3 §14.4.3).
  const digits = field.digits - row.digits
  if (digits === 0) return reference === '0' ? [companyPrefix, ''] : undefined
  return [companyPrefix, reference.padStart(digits, '0')]
}

function takeReference(cursor: BitCursor, bits: number): string | undefined {
  if (bits <= 46) return take(cursor, bits)?.toString()
  if (bits > bitsLeft(cursor)) return undefined
  const value = bigBitsAt(cursor.hex, cursor.at, bits)
  cursor.at += bits
  return value.toString()
}

/** A 1, then the digits, all as one number: zeros in front are kept (TDS 2.3 §14.4.7). */
function takeNumeral(cursor: BitCursor, bits: number): string | undefined {
  const numeral = takeReference(cursor, bits)
  return numeral !== undefined && numeral.length > 1 && numeral.startsWith('1') ? numeral.slice(1) : undefined
}

/** Six characters; a CAGE code has five and a blank before them. */
function takeCage(cursor: BitCursor, characterBits: 6 | 8): string | undefined {
  let text = ''
  for (let i = 0; i < 6; i++) {
    const code = take(cursor, characterBits)
    if (code === undefined) return undefined
    text += characterBits === 6 ? character6(code) : String.fromCharCode(code)
  }
  return text.startsWith(' ') ? text.slice(1) : text
}

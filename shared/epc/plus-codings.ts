import { type BitCursor, bigBitsAt, bitsLeft, take } from './bits.ts'
import { set82 } from './characters.ts'
import type { Element } from './elements.ts'
import { type Epc, raw } from './epc.ts'

/**
 * The codings of TDS 2.x as data (TDS 2.3 §14.5, table 14-1): header, one bit "more data follows", three bits of
 * filter, then these fields, each a GS1 Application Identifier. A `++` coding carries a domain name behind them; it and
 * the data that may follow change nothing about which object it is, and are not looked at.
 */

type PlusField =
  /** Type of a date, and the date. */
  | { readonly is: 'date' }
  /** So many digits of four bits each; `serial`: the longest serial behind them, part of the same element. */
  | { readonly is: 'digits'; readonly ai: string; readonly digits: number; readonly serial?: number }
  /** Digits of four bits up to a terminator, or up to a delimiter and characters. */
  | { readonly is: 'delimited'; readonly ai: string; readonly longest: number }
  | { readonly is: 'text'; readonly ai: string; readonly longest: number; readonly unless?: string }
  /** A number with its length; `joined`: part of the element before it. */
  | { readonly is: 'number'; readonly ai: string; readonly longest: number; readonly joined?: true }

const digits = (ai: string, count: number, serial?: number): PlusField => ({
  is: 'digits',
  ai,
  digits: count,
  ...(serial !== undefined && { serial }),
})
const serial: PlusField = { is: 'text', ai: '21', longest: 20 }

const fieldsOf = {
  sgtin: [digits('01', 14), serial],
  dsgtin: [{ is: 'date' }, digits('01', 14), serial],
  sscc: [digits('00', 18)],
  sgln: [digits('414', 13), { is: 'text', ai: '254', longest: 20, unless: '0' }],
  grai: [digits('8003', 14, 16)],
  giai: [{ is: 'delimited', ai: '8004', longest: 30 }],
  gsrn: [digits('8018', 18)],
  gsrnp: [digits('8017', 18)],
  gdti: [digits('253', 13, 17)],
  cpi: [
    { is: 'delimited', ai: '8010', longest: 30 },
    { is: 'number', ai: '8011', longest: 12 },
  ],
  sgcn: [digits('255', 13), { is: 'number', ai: '255', longest: 12, joined: true }],
  itip: [digits('8006', 18), serial],
} as const satisfies Readonly<Record<string, readonly PlusField[]>>

const plusCodings = {
  'cpi++': { header: 0xe6, key: 'cpi' },
  'gsrn++': { header: 0xe7, key: 'gsrn' },
  'gsrnp++': { header: 0xe8, key: 'gsrnp' },
  'sgln++': { header: 0xe9, key: 'sgln' },
  'gdti++': { header: 0xea, key: 'gdti' },
  'grai++': { header: 0xeb, key: 'grai' },
  'sgcn++': { header: 0xec, key: 'sgcn' },
  'itip++': { header: 0xed, key: 'itip' },
  'giai++': { header: 0xee, key: 'giai' },
  'sscc++': { header: 0xef, key: 'sscc' },
  'cpi+': { header: 0xf0, key: 'cpi' },
  'grai+': { header: 0xf1, key: 'grai' },
  'sgln+': { header: 0xf2, key: 'sgln' },
  'itip+': { header: 0xf3, key: 'itip' },
  'gsrn+': { header: 0xf4, key: 'gsrn' },
  'gsrnp+': { header: 0xf5, key: 'gsrnp' },
  'gdti+': { header: 0xf6, key: 'gdti' },
  'sgtin+': { header: 0xf7, key: 'sgtin' },
  'sgcn+': { header: 0xf8, key: 'sgcn' },
  'sscc+': { header: 0xf9, key: 'sscc' },
  'giai+': { header: 0xfa, key: 'giai' },
  'dsgtin+': { header: 0xfb, key: 'dsgtin' },
  'dsgtin++': { header: 0xfc, key: 'dsgtin' },
  'sgtin++': { header: 0xfd, key: 'sgtin' },
} as const satisfies Readonly<Record<string, { readonly header: number; readonly key: keyof typeof fieldsOf }>>

export type PlusName = keyof typeof plusCodings
const plusNames = Object.keys(plusCodings) as readonly PlusName[]

export const plusByHeader: ReadonlyMap<number, PlusName> = new Map(
  plusNames.map((name) => [plusCodings[name].header, name]),
)

/** By the four bits before the date of a DSGTIN (table in §14.5.3). */
const dateAis = ['11', '13', '15', '16', '17', '7006', '7007'] as const

/** The date of a DSGTIN is told last, as the standard's element strings have it. */
export function decodePlus(name: PlusName, hex: string): Epc {
  const cursor: BitCursor = { hex, at: 9 } // after the header and the bit for more data
  const filter = take(cursor, 3)
  if (filter === undefined) return raw('length')
  const elements: Element[] = []
  let date: Element | undefined
  const fields: readonly PlusField[] = fieldsOf[plusCodings[name].key]
  for (const field of fields) {
    if (field.is === 'date') {
      date = takeDate(cursor)
      if (date === undefined) return raw('value')
      continue
    }
    const value = takeValue(cursor, field)
    if (value === undefined) return raw(bitsLeft(cursor) <= 0 ? 'length' : 'value')
    if (field.is === 'number' && field.joined) {
      const [ai, before] = elements.pop() ?? ['', '']
      elements.push([ai, before + value])
    } else if (field.is !== 'text' || value !== field.unless) elements.push([field.ai, value])
  }
  if (date !== undefined) elements.push(date)
  return { is: 'plus', coding: name, filter, elements }
}

function takeDate(cursor: BitCursor): Element | undefined {
  const ai = dateAis[take(cursor, 4) ?? dateAis.length]
  const [year, month, day] = [take(cursor, 7), take(cursor, 4), take(cursor, 5)]
  if (ai === undefined || year === undefined || month === undefined || day === undefined) return undefined
  if (year > 99 || month < 1 || month > 12 || day > 31) return undefined
  return [ai, [year, month, day].map((part) => String(part).padStart(2, '0')).join('')]
}

function takeValue(cursor: BitCursor, field: Exclude<PlusField, { is: 'date' }>): string | undefined {
  switch (field.is) {
    case 'digits': {
      const key = takeDigits(cursor, field.digits)
      const behind = field.serial === undefined ? '' : takeText(cursor, field.serial)
      return key === undefined || behind === undefined ? undefined : key + behind
    }
    case 'delimited':
      return takeDelimited(cursor, field.longest)
    case 'text':
      return takeText(cursor, field.longest)
    case 'number':
      return takeNumber(cursor, field.longest)
  }
}

function takeDigits(cursor: BitCursor, count: number): string | undefined {
  let text = ''
  while (text.length < count) {
    const digit = take(cursor, 4)
    if (digit === undefined || digit > 9) return undefined
    text += digit
  }
  return text
}

const delimiter = 0xe
const terminator = 0xf

/** §14.5.5. */
function takeDelimited(cursor: BitCursor, longest: number): string | undefined {
  let text = ''
  for (;;) {
    const digit = take(cursor, 4)
    if (digit === undefined) return undefined
    if (digit === terminator) return text
    if (digit === delimiter) {
      const rest = takeText(cursor, longest)
      return rest === undefined || text.length + rest.length > longest ? undefined : text + rest
    }
    if (digit > 9 || text.length === longest) return undefined
    text += digit
  }
}

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const code40 = ' ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789'

/** §14.5.6: three bits say how, then the length, then that many characters. */
function takeText(cursor: BitCursor, longest: number): string | undefined {
  const how = take(cursor, 3)
  if (how === 0) return takeNumber(cursor, longest)
  const length = takeLength(cursor, longest)
  if (how === undefined || length === undefined) return undefined
  switch (how) {
    case 1:
      return takeCharacters(cursor, length, 4, (code) => code.toString(16).toUpperCase())
    case 2:
      return takeCharacters(cursor, length, 4, (code) => code.toString(16))
    case 3:
      return takeCharacters(cursor, length, 6, (code) => base64[code] ?? '')
    case 4: {
      const text = takeCharacters(cursor, length, 7, (code) => String.fromCharCode(code))
      return text !== undefined && set82.test(text) ? text : undefined
    }
    case 5:
      return takeCode40(cursor, length)
    default:
      return undefined // reserved
  }
}

function takeCharacters(
  cursor: BitCursor,
  length: number,
  bits: number,
  character: (code: number) => string,
): string | undefined {
  let text = ''
  for (let i = 0; i < length; i++) {
    const code = take(cursor, bits)
    if (code === undefined) return undefined
    text += character(code)
  }
  return text
}

/** §14.5.6.5: three characters in sixteen bits, 1600 · first + 40 · second + third + 1. */
function takeCode40(cursor: BitCursor, length: number): string | undefined {
  let text = ''
  while (text.length < length) {
    const code = (take(cursor, 16) ?? 0) - 1
    if (code < 0 || code >= 64_000) return undefined
    text += [Math.floor(code / 1600), Math.floor(code / 40) % 40, code % 40].map((i) => code40[i]).join('')
  }
  const characters = text.slice(0, length)
  return characters.includes(' ') ? undefined : characters
}

/** As many bits as hold so many nines; zeros in front are kept (§14.5.6.1, §14.5.13). */
function takeNumber(cursor: BitCursor, longest: number): string | undefined {
  const length = takeLength(cursor, longest)
  if (length === undefined) return undefined
  const bits = Math.ceil(length * Math.log2(10))
  if (bits > bitsLeft(cursor)) return undefined
  const value = bigBitsAt(cursor.hex, cursor.at, bits).toString()
  cursor.at += bits
  return value.length > length ? undefined : value.padStart(length, '0')
}

/** A length of 1 to `longest`, in the bits that `longest` needs. */
function takeLength(cursor: BitCursor, longest: number): number | undefined {
  const length = take(cursor, longest.toString(2).length)
  return length === undefined || length < 1 || length > longest ? undefined : length
}

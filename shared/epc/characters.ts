import { type BitCursor, take } from './bits.ts'

/** The 82 characters of serial and lot numbers (TDS 2.3 annex A; GS1 General Specifications figure 7.11-1). */
export const set82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/
/** The 39 characters of component and part numbers (TDS 2.3 annex G; General Specifications figure 7.11-2). */
export const set39 = /^[#\-/0-9A-Z]*$/

const escaped: Readonly<Record<string, string>> = {
  '"': '%22',
  '#': '%23',
  '%': '%25',
  '&': '%26',
  '/': '%2F',
  '<': '%3C',
  '>': '%3E',
  '?': '%3F',
}

/** As it stands in an EPC URI (annexes A and G, column "URI form"). */
export function escapeForUri(text: string): string {
  return text.replace(/["#%&/<>?]/g, (character) => escaped[character] ?? character)
}

/** The other way; undefined where an escape is broken or hides what is no printable ASCII character. */
export function unescapeFromUri(text: string): string | undefined {
  if (/%(?![2-7][0-9A-Fa-f])/.test(text)) return undefined
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/**
 * 7-bit characters up to the first zero or the end of the field; what follows must be zeros (TDS 2.3 §14.4.2). Takes
 * the whole field.
 */
export function takeText7(cursor: BitCursor, bits: number): string | undefined {
  const end = cursor.at + bits
  let text = ''
  let isOver = false
  while (cursor.at < end) {
    const code = take(cursor, Math.min(7, end - cursor.at))
    if (code === undefined || (isOver && code !== 0)) return undefined
    if (code === 0) isOver = true
    else text += String.fromCharCode(code)
  }
  return set82.test(text) ? text : undefined
}

/** A field of `bits` bits with these characters, or as many bits as they need. */
export function bitsOfText7(text: string, bits = text.length * 7): string {
  return [...text]
    .map((character) => binary(character.charCodeAt(0), 7))
    .join('')
    .padEnd(bits, '0')
}

/** 6-bit characters up to six zero bits, which are taken too (TDS 2.3 §14.4.9). */
export function takeText6(cursor: BitCursor, longest: number): string | undefined {
  let text = ''
  for (;;) {
    const code = take(cursor, 6)
    if (code === undefined) return undefined
    if (code === 0) return set39.test(text) ? text : undefined
    if (text.length === longest) return undefined
    text += character6(code)
  }
}

export function bitsOfText6(text: string): string {
  return `${[...text].map((character) => binary(character.charCodeAt(0) & 0x3f, 6)).join('')}000000`
}

/** The value is the six low bits of the ASCII code. */
export function character6(code: number): string {
  return String.fromCharCode(code < 0x20 ? code + 0x40 : code)
}

export function binary(value: number | bigint, bits: number): string {
  return value.toString(2).padStart(bits, '0')
}

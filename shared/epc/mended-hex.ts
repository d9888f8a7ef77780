import { codedBits } from './decode.ts'

/** Longest EPC memory bank that a Gen2 tag can announce: 31 words. */
const longestDigits = 124
const wholeBytes = /^(?:[0-9A-Fa-f]{2})+$/
/** What software puts around hex on its way through logs and spreadsheets; the hex is the only group. */
const wrappings = [
  /^b'([0-9A-Fa-f]+)'$/, // a script printed its bytes object
  /^(?:0x|x|#)([0-9A-Fa-f]+)$/i,
  /^(?:epc|tag|id)\s*[:=]\s*(?:0x)?([0-9A-Fa-f]+)$/i,
  /^urn:epc:raw:\d+\.x([0-9A-Fa-f]+)$/i,
  /^"([0-9A-Fa-f]+)"$/,
  /^'([0-9A-Fa-f]+)$/, // a spreadsheet's mark for "this is text"
]
/** Bytes one by one: `30 34 02`, `30-34-02`, `30:34:02`. */
const spaced = /^[0-9A-Fa-f]{2}(?:([ \-:])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2})*$/

/**
 * The hex of an EPC or TID as people and programs write it → upper-case hex of whole bytes, or undefined if it is none.
 * Wrappings are taken off; hex of hex is left as it is (see `unwrapped`).
 */
export function epcFromText(text: string): string | undefined {
  const hex = wholeBytes.test(text) ? text : withoutWrapping(text.trim())
  return hex === undefined || hex.length > longestDigits || !wholeBytes.test(hex) ? undefined : hex.toUpperCase()
}

function withoutWrapping(text: string): string | undefined {
  if (text.length > 3 * longestDigits) return undefined
  if (spaced.test(text)) return text.replace(/[ \-:]/g, '')
  for (const wrapping of wrappings) {
    const hex = wrapping.exec(text)?.[1]
    if (hex !== undefined) return hex
  }
  return wholeBytes.test(text) ? text : undefined
}

/** Of the shortest identity, twice 64 bits. */
const leastDoubled = 32

/**
 * Hex of the ASCII text of hex, as some middleware hands it on (`3330…` for `30…`), turned back once. Only where the
 * text begins like an EPC or a TID and is as long as its coding: somebody's own numbering in plain text stays what it is.
 */
export function unwrapped(hex: string): string {
  if (hex.length < leastDoubled || hex.length % 8 !== 0 || !/^(?:3[0-9]|[46][1-6])+$/.test(hex)) return hex
  let text = ''
  for (let at = 0; at < hex.length; at += 2) text += String.fromCharCode(Number.parseInt(hex.slice(at, at + 2), 16))
  const bits = codedBits(text)
  return bits === text.length * 4 || bits === 0 ? text.toUpperCase() : hex
}

import { accepted, type Decoded, refused } from '../decoded.ts'
import { gtin14Of, isSscc } from './check-digit.ts'
import { decodeEpc } from './decode.ts'
import { parseDigitalLink } from './digital-link.ts'
import { announcesElements, parseElementString } from './element-string.ts'
import { type Elements, identitiesOf } from './elements.ts'
import { encodeEpc, tagsOf } from './encode.ts'
import { epcFromText, unwrapped } from './mended-hex.ts'
import type { Identity } from './schemes.ts'
import { parseEpcUri } from './uri.ts'

/** What somebody scanned, typed or pasted. */
export type Code =
  /** The bits of one tag. */
  | { readonly is: 'tag'; readonly hex: string }
  /** One object, whatever its tag's filter value and coding. */
  | { readonly is: 'identity'; readonly identity: Identity }
  /** GS1 elements of a barcode or Digital Link: one object, or a class of them. */
  | { readonly is: 'elements'; readonly elements: Elements }

/** Symbologies whose data is a bare number or text (ISO/IEC 15424): EAN/UPC, ITF, plain Code 128, Code 39, QR … */
const plainSymbology = /^\][A-Za-z]\d/

/**
 * Any way in which an object may be named: hex in whatever wrapping, EPC URIs, GS1 Digital Link, element strings with
 * FNC1 or brackets, a GTIN or an SSCC alone. Never throws; the reason of the form that the text announces is told.
 */
export function readCode(text: string): Decoded<Code> {
  const trimmed = text.trim()
  if (/^urn:epc:/i.test(trimmed)) return readUri(trimmed)
  if (/^https?:/i.test(trimmed)) return elementsCode(parseDigitalLink(trimmed))
  // Blanks are no part of elements, but a group separator would be trimmed away as one.
  const scanned = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
  if (announcesElements(scanned)) return elementsCode(parseElementString(scanned))
  return readPlain(trimmed.replace(plainSymbology, ''))
}

function readUri(text: string): Decoded<Code> {
  const parsed = parseEpcUri(text)
  if (!parsed.ok) return parsed
  const uri = parsed.value
  switch (uri.is) {
    case 'raw':
      return accepted({ is: 'tag', hex: uri.hex })
    case 'identity':
      return accepted({ is: 'identity', identity: uri.identity })
    case 'tag': {
      const hex = encodeEpc(uri.coding, uri.filter, uri.identity)
      return hex.ok ? accepted({ is: 'tag', hex: hex.value }) : hex
    }
    case 'pattern':
      return refused('unsupported', 'a pattern names no one object')
  }
}

/** Without any sign of what it is: hex that is an EPC, then a number by its check digit, then elements, then any hex. */
function readPlain(text: string): Decoded<Code> {
  const read = epcFromText(text)
  const hex = read === undefined ? undefined : unwrapped(read)
  if (hex !== undefined && decodeEpc(hex).is !== 'raw') return accepted({ is: 'tag', hex })
  if (isSscc(text)) return accepted({ is: 'elements', elements: [['00', text]] })
  const gtin = gtin14Of(text)
  if (gtin !== undefined) return accepted({ is: 'elements', elements: [['01', gtin]] })
  const elements = /^\d{4}/.test(text) ? parseElementString(text) : undefined
  if (elements?.ok) return accepted({ is: 'elements', elements: elements.value })
  return hex === undefined ? refused('format') : accepted({ is: 'tag', hex })
}

function elementsCode(parsed: Decoded<Elements>): Decoded<Code> {
  return parsed.ok ? accepted({ is: 'elements', elements: parsed.value }) : parsed
}

/**
 * Every hex that a tag of this object may carry: all codings, filter values and, where only elements are known, all
 * lengths of the company prefix; at most 112. Empty for a class of objects. Codings of TDS 2.x are not among them.
 */
export function tagsOfCode(code: Code): readonly string[] {
  switch (code.is) {
    case 'tag':
      return [code.hex]
    case 'identity':
      return tagsOf(code.identity)
    case 'elements':
      return identitiesOf(code.elements).flatMap(tagsOf)
  }
}

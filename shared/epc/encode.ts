import { accepted, type Decoded, refused } from '../decoded.ts'
import { hexOfBits } from './bits.ts'
import { binary, bitsOfText6, bitsOfText7 } from './characters.ts'
import { type CodingName, codingNames, codingOf, type Field, partitionRow } from './codings.ts'
import { companyPrefixDigits, flawOf, type Identity } from './schemes.ts'

/**
 * An identity → hex of whole words, as a tag carries it (TDS 2.3 §14.3), or why that coding cannot hold it: a serial
 * with letters has no room in SGTIN-96. `filter` is not looked at where the coding has none.
 */
export function encodeEpc(name: CodingName, filter: number, identity: Identity): Decoded<string> {
  const coding = codingOf(name)
  if (identity.scheme !== coding.scheme) return refused('format', `${name} is no coding of ${identity.scheme}`)
  const flaw = flawOf(identity)
  if (flaw !== undefined) return refused('implausible', flaw)
  if (!Number.isInteger(filter) || filter < 0 || (coding.filter > 0 && filter >= 2 ** coding.filter)) {
    return refused('implausible', 'filter')
  }
  let bits = binary(coding.header, 8) + (coding.filter === 0 ? '' : binary(filter, coding.filter))
  let next = 0
  for (const field of coding.fields) {
    const count = field.is === 'zeros' ? 0 : field.is === 'partition' ? 2 : 1
    const some = bitsOfField(field, identity.parts.slice(next, next + count))
    if (some === undefined) return refused('implausible', `part ${next + count} does not fit into ${name}`)
    bits += some
    next += count
  }
  return accepted(hexOfBits(bits))
}

/** Every hex that a tag with this identity may carry: each coding that can hold it, with each filter value. */
export function tagsOf(identity: Identity): readonly string[] {
  const tags: string[] = []
  for (const name of codingNames) {
    const coding = codingOf(name)
    if (coding.scheme !== identity.scheme) continue
    const encoded = encodeEpc(name, 0, identity)
    if (!encoded.ok) continue
    // Header and filter value stand in the first word; the rest is the same for each of them.
    const firstWord = Number.parseInt(encoded.value.slice(0, 4), 16)
    for (let filter = 0; filter < 2 ** coding.filter; filter++) {
      const word = firstWord | (filter << (8 - coding.filter))
      tags.push(word.toString(16).toUpperCase() + encoded.value.slice(4))
    }
  }
  return tags
}

function bitsOfField(field: Field, [value = '', reference = '']: readonly string[]): string | undefined {
  switch (field.is) {
    case 'partition':
      return bitsOfPartition(field, value, reference)
    case 'number':
      return bitsOfNumber(value, field.bits)
    case 'digits':
      return bitsOfNumber(unpadded(value), field.bits)
    case 'numeral':
      return value.length > field.digits ? undefined : bitsOfNumber(`1${value}`, field.bits)
    case 'text7':
      return value.length * 7 > field.bits ? undefined : bitsOfText7(value, field.bits)
    case 'text6':
      return bitsOfText6(value)
    case 'cage':
      return [...value.padStart(6)].map((character) => bitsOfCharacter(character, field.characterBits)).join('')
    case 'zeros':
      return '0'.repeat(field.bits)
  }
}

function bitsOfPartition(
  field: Extract<Field, { is: 'partition' }>,
  companyPrefix: string,
  reference: string,
): string | undefined {
  const partition = companyPrefixDigits.most - companyPrefix.length
  const row = partitionRow(partition)
  if (row === undefined) return undefined
  const rest = bitsOfReference(field, row.bits, reference)
  return rest === undefined ? undefined : binary(partition, 3) + binary(Number(companyPrefix), row.bits) + rest
}

function bitsOfReference(
  field: Extract<Field, { is: 'partition' }>,
  prefixBits: number,
  reference: string,
): string | undefined {
  switch (field.reference) {
    case 'padded':
      return bitsOfNumber(unpadded(reference), field.bits - prefixBits)
    case 'plain':
      return bitsOfNumber(reference, field.bits - prefixBits)
    case 'text7':
      return bitsOfText7(reference, field.bits - prefixBits)
    case 'text6':
      return bitsOfText6(reference)
  }
}

function unpadded(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '') || '0'
}

/** Only as the coding would tell it again: digits, no zeros in front. */
function bitsOfNumber(text: string, bits: number): string | undefined {
  if (!/^(?:0|[1-9]\d*)$/.test(text)) return undefined
  const some = binary(text.length < 16 ? Number(text) : BigInt(text), bits)
  return some.length > bits ? undefined : some
}

function bitsOfCharacter(character: string, bits: 6 | 8): string {
  const code = character.charCodeAt(0)
  return binary(bits === 6 ? code & 0x3f : code, bits)
}

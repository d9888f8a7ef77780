import { companyPrefixDigits, type SchemeName } from './schemes.ts'

/**
 * The binary codings of TDS 1.x (TDS 2.3 §14.6 to §14.16, table 14-1) as data: header, then filter, then these fields.
 * Lengths in bits.
 */

export type Field =
  /**
   * Partition, company prefix and reference, `bits` for both; `padded`: both are `digits` digits together.
   */
  | { readonly is: 'partition'; readonly reference: 'padded'; readonly bits: number; readonly digits: number }
  /** The same, the reference being a number without leading zeros, or characters (6-bit ones as many as there are). */
  | { readonly is: 'partition'; readonly reference: 'plain' | 'text7'; readonly bits: number }
  | { readonly is: 'partition'; readonly reference: 'text6' }
  /** A number without leading zeros. */
  | { readonly is: 'number'; readonly bits: number }
  /** Digits with leading zeros kept by a 1 before them (§14.3.8). */
  | { readonly is: 'numeral'; readonly bits: number; readonly digits: number }
  | { readonly is: 'digits'; readonly bits: number; readonly digits: number }
  | { readonly is: 'text7'; readonly bits: number }
  | { readonly is: 'text6'; readonly longest: number }
  /** Six characters of so many bits, the first of which may be a blank. */
  | { readonly is: 'cage'; readonly characterBits: 6 | 8 }
  /** Reserved: must be zero. */
  | { readonly is: 'zeros'; readonly bits: number }

export interface Coding {
  readonly scheme: SchemeName
  readonly header: number
  /** Bits of the filter value; 0: it has none. */
  readonly filter: 0 | 3 | 4 | 6
  /** Header, filter and fields; 0: as long as its text. */
  readonly bits: number
  readonly fields: readonly Field[]
}

const padded = (bits: number, digits: number): Field => ({ is: 'partition', reference: 'padded', bits, digits })
const partition = (reference: 'plain' | 'text7', bits: number): Field => ({ is: 'partition', reference, bits })
const number = (bits: number): Field => ({ is: 'number', bits })
const text7 = (bits: number): Field => ({ is: 'text7', bits })
const numeral = (bits: number, digits: number): Field => ({ is: 'numeral', bits, digits })
const twoDigits: Field = { is: 'digits', bits: 7, digits: 2 }
const reserved24: Field = { is: 'zeros', bits: 24 }

export const codings = {
  'gdti-96': { scheme: 'gdti', header: 0x2c, filter: 3, bits: 96, fields: [padded(41, 12), number(41)] },
  'gsrn-96': { scheme: 'gsrn', header: 0x2d, filter: 3, bits: 96, fields: [padded(58, 17), reserved24] },
  'gsrnp-96': { scheme: 'gsrnp', header: 0x2e, filter: 3, bits: 96, fields: [padded(58, 17), reserved24] },
  'usdod-96': {
    scheme: 'usdod',
    header: 0x2f,
    filter: 4,
    bits: 96,
    fields: [{ is: 'cage', characterBits: 8 }, number(36)],
  },
  'sgtin-96': { scheme: 'sgtin', header: 0x30, filter: 3, bits: 96, fields: [padded(44, 13), number(38)] },
  'sscc-96': { scheme: 'sscc', header: 0x31, filter: 3, bits: 96, fields: [padded(58, 17), reserved24] },
  'sgln-96': { scheme: 'sgln', header: 0x32, filter: 3, bits: 96, fields: [padded(41, 12), number(41)] },
  'grai-96': { scheme: 'grai', header: 0x33, filter: 3, bits: 96, fields: [padded(44, 12), number(38)] },
  'giai-96': { scheme: 'giai', header: 0x34, filter: 3, bits: 96, fields: [partition('plain', 82)] },
  'gid-96': { scheme: 'gid', header: 0x35, filter: 0, bits: 96, fields: [number(28), number(24), number(36)] },
  'sgtin-198': { scheme: 'sgtin', header: 0x36, filter: 3, bits: 198, fields: [padded(44, 13), text7(140)] },
  'grai-170': { scheme: 'grai', header: 0x37, filter: 3, bits: 170, fields: [padded(44, 12), text7(112)] },
  'giai-202': { scheme: 'giai', header: 0x38, filter: 3, bits: 202, fields: [partition('text7', 188)] },
  'sgln-195': { scheme: 'sgln', header: 0x39, filter: 3, bits: 195, fields: [padded(41, 12), text7(140)] },
  'gdti-113': { scheme: 'gdti', header: 0x3a, filter: 3, bits: 113, fields: [padded(41, 12), numeral(58, 17)] },
  'adi-var': {
    scheme: 'adi',
    header: 0x3b,
    filter: 6,
    bits: 0,
    fields: [
      { is: 'cage', characterBits: 6 },
      { is: 'text6', longest: 32 },
      { is: 'text6', longest: 30 },
    ],
  },
  'cpi-96': { scheme: 'cpi', header: 0x3c, filter: 3, bits: 96, fields: [partition('plain', 51), number(31)] },
  'cpi-var': {
    scheme: 'cpi',
    header: 0x3d,
    filter: 3,
    bits: 0,
    fields: [{ is: 'partition', reference: 'text6' }, number(40)],
  },
  'gdti-174': { scheme: 'gdti', header: 0x3e, filter: 3, bits: 174, fields: [padded(41, 12), text7(119)] },
  'sgcn-96': { scheme: 'sgcn', header: 0x3f, filter: 3, bits: 96, fields: [padded(41, 12), numeral(41, 12)] },
  'itip-110': {
    scheme: 'itip',
    header: 0x40,
    filter: 3,
    bits: 110,
    fields: [padded(44, 13), twoDigits, twoDigits, number(38)],
  },
  'itip-212': {
    scheme: 'itip',
    header: 0x41,
    filter: 3,
    bits: 212,
    fields: [padded(44, 13), twoDigits, twoDigits, text7(140)],
  },
} as const satisfies Readonly<Record<string, Coding>>

export type CodingName = keyof typeof codings
export const codingNames = Object.keys(codings) as readonly CodingName[]

export function codingOf(name: CodingName): Coding {
  return codings[name]
}

export const codingByHeader: ReadonlyMap<number, CodingName> = new Map(
  codingNames.map((name) => [codings[name].header, name]),
)

/** Bits of a company prefix, by partition (tables 14-4 and the like: the same in each of them). 7 is not used. */
const companyPrefixBits = [40, 37, 34, 30, 27, 24, 20] as const

/** One row of a partition table; undefined: there is no such partition. */
export function partitionRow(partition: number): { readonly bits: number; readonly digits: number } | undefined {
  const bits = companyPrefixBits[partition]
  return bits === undefined ? undefined : { bits, digits: companyPrefixDigits.most - partition }
}

import { set39, set82 } from './characters.ts'

/**
 * The schemes of the pure identity (TDS 2.3 §6.3) as data: what the parts of `urn:epc:id:<scheme>:…` are, and which
 * GS1 Application Identifiers say the same (§7).
 */

/** GS1 company prefixes have 6 to 12 digits. */
export const companyPrefixDigits = { least: 6, most: 12 } as const

export type Part =
  /** `companyPrefix` of 6 to 12 digits. */
  | { readonly is: 'companyPrefix' }
  /** Digits that fill the company prefix up to so many; none, where it has as many. */
  | { readonly is: 'fill'; readonly digits: number }
  /** Characters behind the company prefix; both together not longer than `longest`. */
  | { readonly is: 'joined'; readonly longest: number; readonly characters: RegExp }
  /** Exactly so many digits. */
  | { readonly is: 'digits'; readonly digits: number }
  /** A number without leading zeros, below `below`. */
  | { readonly is: 'number'; readonly below: number }
  | { readonly is: 'text'; readonly least: number; readonly longest: number; readonly characters: RegExp }

/**
 * How an Application Identifier is put together: the key from company prefix and reference, then further parts by
 * place. `indicated`: the first digit of the reference (indicator, extension) comes before the company prefix.
 */
export interface ElementShape {
  readonly ai: string
  readonly key?: 'indicated' | 'plain' | 'joined'
  /** A fixed first digit before the key. */
  readonly lead?: string
  readonly parts?: readonly number[]
  /** This value means "none". */
  readonly unless?: string
}

export interface Scheme {
  readonly parts: readonly Part[]
  /** Absent for schemes that have no GS1 key. */
  readonly elements?: readonly ElementShape[]
  /** `*` may stand for the last part in `urn:epc:idpat:` (§8). */
  readonly hasPattern?: true
  /** Of a class of objects, not of one: `urn:epc:class:`. */
  readonly isClass?: true
}

const companyPrefix: Part = { is: 'companyPrefix' }
const fill = (digits: number): Part => ({ is: 'fill', digits })
const text = (longest: number, least = 1): Part => ({ is: 'text', least, longest, characters: set82 })
const part39 = (longest: number, least = 1): Part => ({ is: 'text', least, longest, characters: set39 })
const joined = (longest: number, characters = set82): Part => ({ is: 'joined', longest, characters })

export const schemes = {
  sgtin: {
    parts: [companyPrefix, fill(13), text(20)],
    elements: [
      { ai: '01', key: 'indicated' },
      { ai: '21', parts: [2] },
    ],
    hasPattern: true,
  },
  sscc: { parts: [companyPrefix, fill(17)], elements: [{ ai: '00', key: 'indicated' }] },
  sgln: {
    parts: [companyPrefix, fill(12), text(20)],
    elements: [
      { ai: '414', key: 'plain' },
      { ai: '254', parts: [2], unless: '0' },
    ],
    hasPattern: true,
  },
  grai: {
    parts: [companyPrefix, fill(12), text(16)],
    elements: [{ ai: '8003', key: 'plain', lead: '0', parts: [2] }],
    hasPattern: true,
  },
  giai: { parts: [companyPrefix, joined(30)], elements: [{ ai: '8004', key: 'joined' }], hasPattern: true },
  gsrn: { parts: [companyPrefix, fill(17)], elements: [{ ai: '8018', key: 'plain' }] },
  gsrnp: { parts: [companyPrefix, fill(17)], elements: [{ ai: '8017', key: 'plain' }] },
  gdti: {
    parts: [companyPrefix, fill(12), text(17)],
    elements: [{ ai: '253', key: 'plain', parts: [2] }],
    hasPattern: true,
  },
  cpi: {
    parts: [companyPrefix, joined(30, set39), { is: 'number', below: 1e12 }],
    elements: [
      { ai: '8010', key: 'joined' },
      { ai: '8011', parts: [2] },
    ],
    hasPattern: true,
  },
  sgcn: {
    parts: [companyPrefix, fill(12), { is: 'text', least: 1, longest: 12, characters: /^\d*$/ }],
    elements: [{ ai: '255', key: 'plain', parts: [2] }],
  },
  itip: {
    parts: [companyPrefix, fill(13), { is: 'digits', digits: 2 }, { is: 'digits', digits: 2 }, text(20)],
    elements: [
      { ai: '8006', key: 'indicated', parts: [2, 3] },
      { ai: '21', parts: [4] },
    ],
    hasPattern: true,
  },
  gid: {
    parts: [
      { is: 'number', below: 2 ** 28 },
      { is: 'number', below: 2 ** 24 },
      { is: 'number', below: 2 ** 36 },
    ],
  },
  usdod: {
    parts: [
      { is: 'text', least: 5, longest: 6, characters: /^[0-9A-HJ-NP-Z]*$/ },
      { is: 'number', below: 2 ** 36 },
    ],
  },
  adi: {
    parts: [{ is: 'text', least: 5, longest: 6, characters: /^[0-9A-HJ-NP-Z]*$/ }, part39(32, 0), part39(30)],
  },
  ginc: { parts: [companyPrefix, joined(30)], elements: [{ ai: '401', key: 'joined' }], hasPattern: true },
  gsin: { parts: [companyPrefix, fill(16)], elements: [{ ai: '402', key: 'plain' }] },
  pgln: { parts: [companyPrefix, fill(12)], elements: [{ ai: '417', key: 'plain' }] },
  upui: {
    parts: [companyPrefix, fill(13), text(28)],
    elements: [
      { ai: '01', key: 'indicated' },
      { ai: '235', parts: [2] },
    ],
  },
  lgtin: {
    parts: [companyPrefix, fill(13), text(20)],
    elements: [
      { ai: '01', key: 'indicated' },
      { ai: '10', parts: [2] },
    ],
    isClass: true,
  },
  bic: { parts: [{ is: 'text', least: 11, longest: 11, characters: /^[A-Z]{3}[JUZ]\d{7}$/ }] },
  imovn: { parts: [{ is: 'digits', digits: 7 }] },
} as const satisfies Readonly<Record<string, Scheme>>

export type SchemeName = keyof typeof schemes

export function schemeOf(name: SchemeName): Scheme {
  return schemes[name]
}

/** What `urn:epc:id:` says, taken apart; parts are as people write them, nothing escaped. */
export interface Identity {
  readonly scheme: SchemeName
  readonly parts: readonly string[]
}

/** Why these parts are no identity of that scheme; undefined: they are one. */
export function flawOf({ scheme, parts }: Identity): string | undefined {
  const { parts: shapes } = schemeOf(scheme)
  if (parts.length !== shapes.length) return `${scheme} has ${shapes.length} parts`
  const prefix = parts[0] ?? ''
  for (const [i, shape] of shapes.entries()) {
    if (!fits(parts[i] ?? '', shape, prefix)) return `part ${i + 1} of ${scheme}`
  }
  return undefined
}

function fits(value: string, shape: Part, prefix: string): boolean {
  switch (shape.is) {
    case 'companyPrefix':
      return /^\d{6,12}$/.test(value)
    case 'fill':
      return value.length === shape.digits - prefix.length && /^\d*$/.test(value)
    case 'joined':
      return value.length > 0 && prefix.length + value.length <= shape.longest && shape.characters.test(value)
    case 'digits':
      return value.length === shape.digits && /^\d*$/.test(value)
    case 'number':
      return /^(?:0|[1-9]\d{0,14})$/.test(value) && Number(value) < shape.below
    case 'text':
      return value.length >= shape.least && value.length <= shape.longest && shape.characters.test(value)
  }
}

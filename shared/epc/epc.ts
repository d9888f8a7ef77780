import type { CodingName } from './codings.ts'
import type { Elements } from './elements.ts'
import type { PlusName } from './plus-codings.ts'
import type { Identity } from './schemes.ts'

/** What stands in a tag's EPC memory bank. */
export type Epc = TagEpc | PlusEpc | RawEpc

/** A coding of TDS 1.x: it has a tag URI and a pure identity. */
export interface TagEpc {
  readonly is: 'tag'
  readonly coding: CodingName
  /** Null where the coding has none. */
  readonly filter: number | null
  readonly identity: Identity
}

/** A coding of TDS 2.x: GS1 Application Identifiers, without saying how long the company prefix is. */
export interface PlusEpc {
  readonly is: 'plus'
  readonly coding: PlusName
  readonly filter: number
  readonly elements: Elements
}

/** Why bytes are no EPC that could be told. A closed list. */
const rawReasons = [
  'not-hex',
  'tid', // begins with E2: the chip's identity from memory bank 10 (TDS 2.3 §16), not an EPC
  'header', // no coding of the standard begins so
  'length', // shorter than its coding
  'value', // a field holds what it must not
] as const
export type RawReason = (typeof rawReasons)[number]

export interface RawEpc {
  readonly is: 'raw'
  readonly reason: RawReason
}

export function raw(reason: RawReason): RawEpc {
  return { is: 'raw', reason }
}

import { z } from 'zod'
import { EpcHex, Identifier } from './identifier.ts'

/** What a warehouse says of its goods, and what should lie where: texts of one line, as on a label. */

const line = (longest: number) =>
  z.string().regex(new RegExp(`^[^\\p{Cc}]{1,${longest}}$`, 'u'), `must be 1–${longest} characters on one line`)

export const SkuCode = line(64)
export const LotCode = line(64).describe('batch or lot, GS1 AI 10')
export const HoldReason = line(128).describe('why it must not leave: quality, customs, recall')
export const OwnerName = line(128).describe('whose it is, where that is not the house')

/** So many of a SKU without tags, as counted. */
export const UntaggedQuantity = z.strictObject({
  sku: SkuCode,
  quantity: z.int().min(0).max(1_000_000).describe('0: none is left'),
})
export type UntaggedQuantity = z.infer<typeof UntaggedQuantity>

const Iso = z.iso.datetime()

/** What is known of one tagged item beside where it is. */
export const ItemFacts = z.object({
  epc: EpcHex,
  sku: SkuCode.nullable().describe('as imported, else by its GTIN on the map'),
  lot: LotCode.nullable(),
  expiresAt: Iso.nullable().describe('from this instant on it is expired'),
  hold: HoldReason.nullable().describe('null: not on hold'),
  receivedAt: Iso.nullable(),
  owner: OwnerName.nullable(),
  homes: z.array(Identifier).readonly().describe('slots where its SKU is expected'),
})
export type ItemFacts = z.infer<typeof ItemFacts>

/** What should lie in a slot, beside what is believed to be there. */
export const ExpectedRow = z.object({
  slot: Identifier,
  zone: Identifier.nullable().describe('null: the slot is not on the map any more'),
  sku: z.string().nullable().describe('null: tags without a known SKU'),
  expected: z.int(),
  seen: z.int().describe('tags, and goods without tags as counted last'),
  missing: z.int().describe('expected and not there'),
  unexpected: z.int().describe('there, and more than expected'),
  state: z.enum(['empty', 'occupied', 'unknown']).describe('of the slot; unknown: what covers it is not heard'),
  asOf: Iso.nullable().describe('newest evidence about the slot'),
})
export type ExpectedRow = z.infer<typeof ExpectedRow>

/** An item in a slot where its SKU is not expected, although it is expected elsewhere. */
export const MisplacedRow = z.object({
  epc: EpcHex,
  sku: z.string(),
  slot: Identifier,
  zone: Identifier,
  homes: z.array(Identifier).readonly().describe('where it belongs; the first 20'),
  certain: z
    .boolean()
    .describe('false: it may never have left, for a home of it still hears it, or what lay with it, or cannot hear'),
  since: Iso.describe('there since'),
  lastSeenAt: Iso,
})
export type MisplacedRow = z.infer<typeof MisplacedRow>

/** One item of a SKU in the order in which it should leave. */
export const AgeRow = z.object({
  epc: EpcHex,
  slot: Identifier.nullable(),
  zone: Identifier.nullable(),
  lot: LotCode.nullable(),
  receivedAt: Iso.describe('as imported, else when it arrived here'),
  basis: z.enum(['imported', 'arrived', 'first-seen']).describe('where `receivedAt` is from'),
  ageMs: z.int(),
  expiresAt: Iso.nullable(),
  expired: z.boolean(),
  hold: HoldReason.nullable(),
})
export type AgeRow = z.infer<typeof AgeRow>

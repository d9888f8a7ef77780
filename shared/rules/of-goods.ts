import { z } from 'zod'
import { LotCode, OwnerName } from '../goods.ts'
import { Identifier } from '../identifier.ts'
import { common } from './common.ts'

/** Rules on goods, judged by the ledger of the stock. */

/** Which goods a rule is about. All that is named must fit; each of its lists fits by one of its entries. */
export const GoodsScope = z.strictObject({
  skus: z
    .array(z.string().min(1).max(64))
    .min(1)
    .max(200)
    .optional()
    .describe('SKUs; a * stands for any text: `MED-*`'),
  gtins: z
    .array(z.string().regex(/^\d{8,14}$/))
    .min(1)
    .max(200)
    .optional()
    .describe('articles by GTIN, of SGTIN tags'),
  companyPrefixes: z
    .array(z.string().regex(/^\d{6,12}$/))
    .min(1)
    .max(200)
    .optional()
    .describe('GS1 company prefixes, of tags with any GS1 key'),
  lots: z.array(LotCode).min(1).max(200).optional().describe('as imported'),
  owners: z.array(OwnerName).min(1).max(200).optional().describe('as imported'),
})
export type GoodsScope = z.infer<typeof GoodsScope>

/** Of every rule that is judged by the ledger of the stock. */
const ofGoods = {
  ...common,
  goods: GoodsScope.optional().describe('without it all'),
}
const zoneOfGoods = Identifier.optional().describe('only there; without it the whole site')
const goodsDelay = z.int().min(0).default(0).describe('it must have been so for so long')

/** How many items of a SKU, or of a class of goods, are on a site or in a zone. */
export const StockRule = z.strictObject({
  ...ofGoods,
  type: z.literal('stock'),
  zone: zoneOfGoods,
  each: z.enum(['sku', 'all']).default('sku').describe('sku: each SKU is counted by itself; all: together'),
  direction: z.enum(['above', 'below']),
  limit: z.int().min(0),
  clearAt: z.int().min(0).describe('hysteresis: at most the limit for "above", at least the limit for "below"'),
  onDelayMs: goodsDelay,
})
export type StockRule = z.infer<typeof StockRule>

/** An item that has been in a zone, or without a zone on the site, for too long. */
export const DwellRule = z.strictObject({
  ...ofGoods,
  type: z.literal('dwell'),
  zone: zoneOfGoods,
  longerThanMs: z
    .int()
    .min(60_000)
    .max(10 * 365 * 86_400_000),
})
export type DwellRule = z.infer<typeof DwellRule>

/**
 * Held in one slot for so long a tag is there, whoever else hears it: what the list of misplaced items goes by
 * (cloud/location/elsewhere.ts). Before that the ledger alone cannot tell a move from a neighbour's antenna that hears it.
 */
export const surelyThereMs = 30 * 60_000

/** An item in a slot where its SKU is not expected, although it is expected elsewhere. */
export const MisplacedRule = z.strictObject({
  ...ofGoods,
  type: z.literal('misplaced'),
  zone: zoneOfGoods,
  onDelayMs: z
    .int()
    .min(0)
    .default(surelyThereMs)
    .describe('it must have been so for so long; less where antennas do not overlap, or scanners say where goods lie'),
})
export type MisplacedRule = z.infer<typeof MisplacedRule>

/** A slot that holds fewer of a SKU, or more, than is expected there. */
export const ExpectedRule = z.strictObject({
  ...ofGoods,
  type: z.literal('expected'),
  zone: zoneOfGoods,
  differs: z.enum(['missing', 'unexpected']).describe('missing: there are fewer; unexpected: there are more, or any'),
  onDelayMs: goodsDelay,
})
export type ExpectedRule = z.infer<typeof ExpectedRule>

/** An item on hold that is where it must not be: at the dock, say. */
export const HeldRule = z.strictObject({
  ...ofGoods,
  type: z.literal('held'),
  zone: zoneOfGoods,
  onDelayMs: goodsDelay,
})
export type HeldRule = z.infer<typeof HeldRule>

/** An item that expires soon, or has. */
export const ExpiryRule = z.strictObject({
  ...ofGoods,
  type: z.literal('expiry'),
  zone: zoneOfGoods,
  beforeMs: z
    .int()
    .min(0)
    .max(10 * 365 * 86_400_000)
    .default(0)
    .describe('so long before it expires'),
})
export type ExpiryRule = z.infer<typeof ExpiryRule>

/** An item that has left the site. Clears when it is back, and by itself after `quietMs`. */
export const LeavingRule = z.strictObject({
  ...ofGoods,
  type: z.literal('leaving'),
  readPoints: z.array(Identifier).min(1).max(100).optional().describe('only through these gates'),
  only: z
    .enum(['all', 'held', 'expired', 'unordered'])
    .default('all')
    .describe('held: on hold; expired: by its imported expiry; unordered: no shipment expects it at that gate'),
  onDelayMs: z.int().min(0).default(0).describe('it must not have come back, nor been expected after all, for so long'),
  quietMs: z.int().min(60_000).default(3_600_000),
})
export type LeavingRule = z.infer<typeof LeavingRule>

/** Of every rule on what goods went through: along the path of each item, by the sensors of the places where it was. */
const ofClimate = {
  ...ofGoods,
  limit: z.number().describe('degrees Celsius'),
  overMs: z
    .int()
    .min(3_600_000)
    .max(30 * 86_400_000)
    .default(86_400_000)
    .describe('of the newest so much of its way'),
  holdMs: z
    .int()
    .min(60_000)
    .max(86_400_000)
    .default(900_000)
    .describe('a value holds until the next, but no longer: then the temperature is unknown'),
}

/** Goods that were too warm or too cold on their way for too long, or by too many degree-minutes. */
export const GoodsExposureRule = z.strictObject({
  ...ofClimate,
  type: z.literal('goods-exposure'),
  direction: z.enum(['above', 'below']),
  degreeMinutes: z.number().positive().optional().describe('an hour at 2 degrees beyond is 120'),
  longerThanMs: z.int().min(60_000).optional().describe('beyond the limit for longer than this, all in all'),
})
export type GoodsExposureRule = z.infer<typeof GoodsExposureRule>

/** Goods whose mean kinetic temperature (USP <1079.2>, 83.144 kJ/mol) on their way is above a limit. */
export const GoodsKineticRule = z.strictObject({
  ...ofClimate,
  type: z.literal('goods-kinetic'),
  deadBand: z.number().min(0).default(0).describe('clears only when it is below the limit by so much'),
})
export type GoodsKineticRule = z.infer<typeof GoodsKineticRule>

export type ClimateRule = GoodsExposureRule | GoodsKineticRule

const goodsRules = [
  ...[StockRule, DwellRule, MisplacedRule, ExpectedRule, HeldRule, ExpiryRule, LeavingRule],
  ...[GoodsExposureRule, GoodsKineticRule],
] as const
export const GoodsRule = z.discriminatedUnion('type', goodsRules)
export type GoodsRule = z.infer<typeof GoodsRule>

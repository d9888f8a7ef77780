import { z } from 'zod'
import { LotCode, OwnerName } from './goods.ts'
import { EpcHex, Identifier } from './identifier.ts'

/** Alert rules, evaluated in event time. Words after ISA-18.2 and OPC UA Part 9. Severity 1 is the worst. */

/** Hours of the week by the clock of the site. A span that ends before it begins goes over midnight. */
export const Schedule = z.strictObject({
  days: z.array(z.int().min(1).max(7)).min(1).max(7).describe('ISO: 1 = Monday; of a span over midnight its first day'),
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  to: z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/),
})
export type Schedule = z.infer<typeof Schedule>

const common = {
  id: Identifier,
  site: Identifier,
  name: z.string().min(1).max(128),
  severity: z.int().min(1).max(4),
  whatToDo: z.string().max(1000).default('').describe('required for severity 1'),
  enabled: z.boolean().default(true),
  latching: z.boolean().optional().describe('stands until a person clears it, also when the condition has gone'),
  maxShelveMs: z
    .int()
    .min(60_000)
    .max(7 * 86_400_000)
    .optional()
    .describe('longest timed shelve; without it 8 h'),
  reAlarmMs: z.int().min(60_000).optional().describe('rings again when it still holds so long after it last rang'),
  escalateAfterMs: z
    .array(z.int().min(1000))
    .max(3)
    .optional()
    .describe('deadlines after ringing, rising; each that passes unacknowledged is one step of escalation'),
  schedule: Schedule.optional().describe('outside of it the alert is suppressed'),
}

/** Longest timed shelve of a rule that does not say. */
export const usualMaxShelveMs = 8 * 3_600_000

/** Of every rule that values of sensors are held against. */
const ofValues = {
  ...common,
  quantity: z.string().min(1),
  sensors: z.array(Identifier).optional().describe('only these sensors'),
  zone: Identifier.optional().describe('only sensors of this zone'),
  onDelayMs: z.int().min(0).default(0).describe('the condition must have held for so long'),
  offDelayMs: z.int().min(0).optional().describe('it must have been gone for so long before the alert clears'),
}

const outputs = z
  .array(Identifier)
  .max(8)
  .optional()
  .describe('what it drives at the gateway, by the ids in the `outputs` of the gateway’s own configuration')

/** Of every rule that a gateway can judge by itself. */
const anywhere = {
  runs: z
    .enum(['cloud', 'gateway'])
    .optional()
    .describe('where it is judged: `gateway` = there alone, with or without the cloud. Unless told, the cloud'),
  outputs,
}

/** A value outside its limit for longer than the on-delay; clears at the clear level, not at the limit. */
export const ThresholdRule = z.strictObject({
  ...ofValues,
  ...anywhere,
  type: z.literal('threshold'),
  direction: z.enum(['above', 'below']),
  limit: z.number(),
  clearAt: z.number().describe('hysteresis: below the limit for "above", above it for "below"'),
})
export type ThresholdRule = z.infer<typeof ThresholdRule>

/** A value outside of a band. */
export const BandRule = z.strictObject({
  ...ofValues,
  ...anywhere,
  type: z.literal('band'),
  low: z.number(),
  high: z.number(),
  deadBand: z.number().min(0).default(0).describe('clears only so far inside the band'),
})
export type BandRule = z.infer<typeof BandRule>

/** A value that changes too fast. */
export const RateRule = z.strictObject({
  ...ofValues,
  type: z.literal('rate'),
  direction: z.enum(['rising', 'falling', 'either']).default('either'),
  change: z.number().positive().describe('more than so much'),
  withinMs: z.int().min(1000).max(86_400_000).describe('within this time'),
  deadBand: z.number().min(0).default(0).describe('clears only when the change is smaller by so much'),
})
export type RateRule = z.infer<typeof RateRule>

/** A sensor that disagrees with its neighbours: with the median of the others that the rule names. */
export const DeviationRule = z.strictObject({
  ...ofValues,
  type: z.literal('deviation'),
  limit: z.number().positive(),
  deadBand: z.number().min(0).default(0).describe('clears only when it is nearer by so much'),
  freshMs: z.int().min(1000).default(600_000).describe('older values of the others do not count'),
})
export type DeviationRule = z.infer<typeof DeviationRule>

/** Goods out of range by degree-minutes: how far beyond the limit, times how long. */
export const ExposureRule = z.strictObject({
  ...ofValues,
  type: z.literal('exposure'),
  direction: z.enum(['above', 'below']),
  limit: z.number(),
  degreeMinutes: z.number().positive().describe('an hour at 2 degrees beyond is 120'),
})
export type ExposureRule = z.infer<typeof ExposureRule>

/** Mean kinetic temperature (USP <1079.2>) of the newest hours above its limit. */
export const KineticRule = z.strictObject({
  ...ofValues,
  type: z.literal('kinetic'),
  quantity: z.literal('temperature').default('temperature'),
  limit: z.number(),
  overMs: z
    .int()
    .min(3_600_000)
    .max(30 * 86_400_000)
    .default(86_400_000),
  deadBand: z.number().min(0).default(0).describe('clears only when it is below the limit by so much'),
})
export type KineticRule = z.infer<typeof KineticRule>

/** A gateway had to give records up. Clears by itself when that has not happened for `quietMs`. */
export const GapRule = z.strictObject({
  ...common,
  type: z.literal('gap'),
  atLeast: z.int().min(1).default(1).describe('records of one gap'),
  quietMs: z.int().min(60_000).default(3_600_000),
})
export type GapRule = z.infer<typeof GapRule>

/** The clock of a gateway was found wrong by more than this; clears when it is found right. */
export const ClockRule = z.strictObject({
  ...common,
  type: z.literal('clock'),
  limitMs: z.int().min(1000).default(5000),
})
export type ClockRule = z.infer<typeof ClockRule>

/** The spool of a gateway fills up: what the cloud has not acknowledged takes more than this share of its bound. */
export const SpoolRule = z.strictObject({
  ...common,
  type: z.literal('spool'),
  limitPercent: z.number().gt(0).max(100).default(50).describe('rings above it'),
  clearAtPercent: z
    .number()
    .min(0)
    .max(100)
    .default(25)
    .describe('hysteresis: clears at it or below; at most the limit'),
  onDelayMs: z.int().min(0).default(0).describe('it must have been so for so long'),
})
export type SpoolRule = z.infer<typeof SpoolRule>

/**
 * A gateway, reader or sensor that has said nothing for too long, or says itself that it is down; or an antenna that reads
 * far less than it did, as its gateway finds (edge/supervision/antenna-rate.ts).
 */
export const SilentRule = z.strictObject({
  ...common,
  type: z.literal('silent'),
  of: z.enum(['gateway', 'reader', 'antenna', 'sensor']),
  afterMs: z.int().min(1000),
})
export type SilentRule = z.infer<typeof SilentRule>

/** So many EPCs a rule may name, and so many on hold a gateway is told of. */
export const mostListedEpcs = 5_000

/** An item passes a gate that it must not pass. Judged by the gateway of that gate, where the light and the horn are. */
export const GateHoldRule = z.strictObject({
  ...common,
  type: z.literal('gate-hold'),
  runs: z.literal('gateway').default('gateway'),
  stops: z.enum(['held', 'unlisted']).describe('held: items on hold; unlisted: all that `listed` does not name'),
  listed: z.array(EpcHex).max(mostListedEpcs).optional().describe('EPCs that may pass, where `stops` is `unlisted`'),
  direction: z.enum(['in', 'out']).default('out').describe('passages that count; one the other way clears at once'),
  zone: Identifier.optional().describe('only gates of this zone'),
  quietMs: z
    .int()
    .min(1000)
    .max(86_400_000)
    .default(60_000)
    .describe('clears when the item has not passed for so long'),
  outputs,
})
export type GateHoldRule = z.infer<typeof GateHoldRule>

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

/** An item in a slot where its SKU is not expected, although it is expected elsewhere. */
export const MisplacedRule = z.strictObject({
  ...ofGoods,
  type: z.literal('misplaced'),
  zone: zoneOfGoods,
  onDelayMs: goodsDelay,
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

export function isClimateRule(rule: Rule): rule is ClimateRule {
  return rule.type === 'goods-exposure' || rule.type === 'goods-kinetic'
}

const goodsRules = [
  ...[StockRule, DwellRule, MisplacedRule, ExpectedRule, HeldRule, ExpiryRule, LeavingRule],
  ...[GoodsExposureRule, GoodsKineticRule],
] as const
export const GoodsRule = z.discriminatedUnion('type', goodsRules)
export type GoodsRule = z.infer<typeof GoodsRule>
const goodsTypes: ReadonlySet<string> = new Set(goodsRules.map(({ shape }) => shape.type.value))

export function isGoodsRule(rule: Rule): rule is GoodsRule {
  return goodsTypes.has(rule.type)
}

const valueRules = [ThresholdRule, BandRule, RateRule, DeviationRule, ExposureRule, KineticRule] as const
export const ValueRule = z.discriminatedUnion('type', valueRules)
export type ValueRule = z.infer<typeof ValueRule>

export function isValueRule(rule: Rule): rule is ValueRule {
  return 'quantity' in rule
}

/** A rule whose condition must last for an on-delay, told by values or by words that come now and then. */
export function isWatched(rule: Rule): rule is ValueRule | SpoolRule {
  return isValueRule(rule) || rule.type === 'spool'
}

/** A rule that the cloud does not judge: its alerts come as `alert` records of the gateways. */
export function runsOnGateway(rule: Rule): rule is (ThresholdRule | BandRule | GateHoldRule) & { runs: 'gateway' } {
  return 'runs' in rule && rule.runs === 'gateway'
}

export const Rule = z
  .discriminatedUnion('type', [...valueRules, ...goodsRules, SilentRule, GapRule, SpoolRule, ClockRule, GateHoldRule])
  .refine((rule) => rule.severity !== 1 || rule.whatToDo.length > 0, {
    path: ['whatToDo'],
    message: 'a severity 1 rule must say what to do',
  })
  .refine(
    (rule) =>
      rule.type !== 'stock' ||
      rule.clearAt === rule.limit ||
      rule.clearAt < rule.limit === (rule.direction === 'above'),
    {
      path: ['clearAt'],
      message: 'must be at most the limit for "above", at least the limit for "below"',
    },
  )
  .refine((rule) => rule.type !== 'spool' || rule.clearAtPercent <= rule.limitPercent, {
    path: ['clearAtPercent'],
    message: 'must be at most the limit',
  })
  .refine((rule) => rule.type !== 'band' || rule.low + 2 * rule.deadBand < rule.high, {
    path: ['deadBand'],
    message: 'a band needs room between low and high, and its dead band must leave some',
  })
  .refine((rule) => rule.type !== 'deviation' || rule.zone !== undefined || (rule.sensors ?? []).length >= 2, {
    path: ['sensors'],
    message: 'name the sensors that are compared, two at least, or their zone',
  })
  .refine((rule) => !('outputs' in rule) || rule.outputs === undefined || rule.runs === 'gateway', {
    path: ['outputs'],
    message: 'only a rule that runs on the gateway drives its outputs: set runs to gateway',
  })
  .refine((rule) => !('onDelayMs' in rule && 'runs' in rule && rule.runs === 'gateway') || rule.latching !== true, {
    path: ['latching'],
    message: 'a rule on values that runs on the gateway does not latch',
  })
  .refine(
    (rule) => rule.type !== 'goods-exposure' || rule.degreeMinutes !== undefined || rule.longerThanMs !== undefined,
    { path: ['degreeMinutes'], message: 'say how many degree-minutes, how long (longerThanMs), or both' },
  )
  .refine((rule) => rule.type !== 'gate-hold' || (rule.stops === 'unlisted') === (rule.listed !== undefined), {
    path: ['listed'],
    message: 'needed where stops is unlisted, and only there',
  })
export type Rule = z.infer<typeof Rule>

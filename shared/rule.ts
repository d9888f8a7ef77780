import { z } from 'zod'
import { ClockRule, GapRule, GateHoldRule, SilentRule, SpoolRule } from './rules/of-devices.ts'
import { type ClimateRule, GoodsRule } from './rules/of-goods.ts'
import { type BandRule, type ThresholdRule, ValueRule } from './rules/of-values.ts'

/** Alert rules, evaluated in event time. Words after ISA-18.2 and OPC UA Part 9. Severity 1 is the worst. */

/** A rule on what goods went through. */
export function isClimateRule(rule: Rule): rule is ClimateRule {
  return rule.type === 'goods-exposure' || rule.type === 'goods-kinetic'
}

const goodsTypes: ReadonlySet<string> = new Set(GoodsRule.options.map(({ shape }) => shape.type.value))

export function isGoodsRule(rule: Rule): rule is GoodsRule {
  return goodsTypes.has(rule.type)
}

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
  .discriminatedUnion('type', [
    ...ValueRule.options,
    ...GoodsRule.options,
    SilentRule,
    GapRule,
    SpoolRule,
    ClockRule,
    GateHoldRule,
  ])
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

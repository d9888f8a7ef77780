import { z } from 'zod'
import { Identifier } from './identifier.ts'

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

/** A value outside its limit for longer than the on-delay; clears at the clear level, not at the limit. */
export const ThresholdRule = z.strictObject({
  ...ofValues,
  type: z.literal('threshold'),
  direction: z.enum(['above', 'below']),
  limit: z.number(),
  clearAt: z.number().describe('hysteresis: below the limit for "above", above it for "below"'),
})
export type ThresholdRule = z.infer<typeof ThresholdRule>

/** A value outside of a band. */
export const BandRule = z.strictObject({
  ...ofValues,
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

const valueRules = [ThresholdRule, BandRule, RateRule, DeviationRule, ExposureRule, KineticRule] as const
export const ValueRule = z.discriminatedUnion('type', valueRules)
export type ValueRule = z.infer<typeof ValueRule>

export function isValueRule(rule: Rule): rule is ValueRule {
  return 'onDelayMs' in rule
}

export const Rule = z
  .discriminatedUnion('type', [...valueRules, SilentRule, GapRule, ClockRule])
  .refine((rule) => rule.severity !== 1 || rule.whatToDo.length > 0, {
    path: ['whatToDo'],
    message: 'a severity 1 rule must say what to do',
  })
  .refine((rule) => rule.type !== 'band' || rule.low + 2 * rule.deadBand < rule.high, {
    path: ['deadBand'],
    message: 'a band needs room between low and high, and its dead band must leave some',
  })
  .refine((rule) => rule.type !== 'deviation' || rule.zone !== undefined || (rule.sensors ?? []).length >= 2, {
    path: ['sensors'],
    message: 'name the sensors that are compared, two at least, or their zone',
  })
export type Rule = z.infer<typeof Rule>

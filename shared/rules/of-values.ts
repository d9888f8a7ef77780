import { z } from 'zod'
import { Identifier } from '../identifier.ts'
import { common, outputs } from './common.ts'

/** Rules that the values of sensors are held against. */

/** Of every rule that values of sensors are held against. */
const ofValues = {
  ...common,
  quantity: z.string().min(1),
  sensors: z.array(Identifier).optional().describe('only these sensors'),
  zone: Identifier.optional().describe('only sensors of this zone'),
  onDelayMs: z.int().min(0).default(0).describe('the condition must have held for so long'),
  offDelayMs: z.int().min(0).optional().describe('it must have been gone for so long before the alert clears'),
}

/** Of every rule that a gateway can judge by itself. */
const anywhere = {
  runs: z
    .enum(['cloud', 'gateway'])
    .optional()
    .describe('where it is evaluated: `gateway` = only there, with or without the cloud. By default the cloud'),
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

const valueRules = [ThresholdRule, BandRule, RateRule, DeviationRule, ExposureRule, KineticRule] as const
export const ValueRule = z.discriminatedUnion('type', valueRules)
export type ValueRule = z.infer<typeof ValueRule>

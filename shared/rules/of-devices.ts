import { z } from 'zod'
import { EpcHex, Identifier } from '../identifier.ts'
import { common, outputs } from './common.ts'

/** Rules on gateways, on what hangs on them, and on what passes their gates. */

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

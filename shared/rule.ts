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

/** A value outside its limit for longer than the on-delay; clears at the clear level, not at the limit. */
export const ThresholdRule = z.strictObject({
  ...common,
  type: z.literal('threshold'),
  quantity: z.string().min(1),
  sensors: z.array(Identifier).optional().describe('only these sensors'),
  zone: Identifier.optional().describe('only sensors of this zone'),
  direction: z.enum(['above', 'below']),
  limit: z.number(),
  clearAt: z.number().describe('hysteresis: below the limit for "above", above it for "below"'),
  onDelayMs: z.int().min(0).default(0),
})
export type ThresholdRule = z.infer<typeof ThresholdRule>

/** A gateway, reader or sensor that has said nothing for too long, or says itself that it is down. */
export const SilentRule = z.strictObject({
  ...common,
  type: z.literal('silent'),
  of: z.enum(['gateway', 'reader', 'sensor']),
  afterMs: z.int().min(1000),
})
export type SilentRule = z.infer<typeof SilentRule>

export const Rule = z
  .discriminatedUnion('type', [ThresholdRule, SilentRule])
  .refine((rule) => rule.severity !== 1 || rule.whatToDo.length > 0, {
    path: ['whatToDo'],
    message: 'a severity 1 rule must say what to do',
  })
export type Rule = z.infer<typeof Rule>

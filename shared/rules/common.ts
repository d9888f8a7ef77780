import { z } from 'zod'
import { Identifier } from '../identifier.ts'

/** Hours of the week by the clock of the site. A span that ends before it begins goes over midnight. */
export const Schedule = z.strictObject({
  days: z.array(z.int().min(1).max(7)).min(1).max(7).describe('ISO: 1 = Monday; of a span over midnight its first day'),
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  to: z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/),
})
export type Schedule = z.infer<typeof Schedule>

/** What every rule has. */
export const common = {
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
    .describe('longest shelf, also of one until it next clears; without it 8 h'),
  reAlarmMs: z
    .int()
    .min(60_000)
    .optional()
    .describe('rings again when it still holds so long after somebody acknowledged it'),
  escalateAfterMs: z
    .array(z.int().min(1000))
    .max(3)
    .optional()
    .describe('deadlines after ringing, rising; each that passes unacknowledged is one step of escalation'),
  schedule: Schedule.optional().describe('outside of it the alert is suppressed'),
}

/** Longest timed shelve of a rule that does not say. */
export const usualMaxShelveMs = 8 * 3_600_000

/** Of every rule that can drive something at a gateway. */
export const outputs = z
  .array(Identifier)
  .max(8)
  .optional()
  .describe('what it drives at the gateway, by the ids in the `outputs` of the gateway’s own configuration')

import { z } from 'zod'
import { Identifier } from './identifier.ts'

/**
 * When alerts of a site are silent by plan (ISA-18.2: suppressed by design; without an end: out of service). They are
 * raised and listed all the same; what still holds at the end begins to ring then. Every scope that is named must fit.
 */
export const MaintenanceWindow = z.strictObject({
  id: Identifier,
  site: Identifier,
  reason: z.string().trim().min(1).max(1000),
  from: z.int().min(0).describe('Unix ms'),
  to: z.int().min(0).optional().describe('Unix ms; without it until somebody ends it: out of service'),
  zone: Identifier.optional(),
  subject: Identifier.optional(),
  rule: Identifier.optional(),
})
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>

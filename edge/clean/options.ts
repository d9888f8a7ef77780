import { z } from 'zod'
import { type Quantity, quantities } from '../../shared/quantity.ts'

const quantityNames = Object.keys(quantities) as Quantity[]

/** `clean` of the gateway's configuration: how noise becomes records. */
export const CleanOptions = z.strictObject({
  windowMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(2000)
    .describe('reads of one tag at one read point within this time become one observation'),
  openWindows: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100_000)
    .describe('tags watched at once; beyond it the longest waiting one is reported early, never dropped'),
  heartbeatMs: z
    .int()
    .min(1000)
    .max(86_400_000)
    .default(60_000)
    .describe('an unchanged sensor value is recorded again after this time'),
  deadBands: z
    .partialRecord(z.enum(quantityNames), z.number().min(0))
    .default({})
    .describe('smallest change worth a record, by quantity, in its unit; 0 = every change'),
})
export type CleanOptions = z.infer<typeof CleanOptions>

import { z } from 'zod'
import { Identifier } from './identifier.ts'

/** How much it takes to believe antennas; what is not named is as everywhere (`cloud/location/profile.ts`). */
export const ProfileSettings = z.strictObject({
  appearReads: z.int().min(1).max(1000).optional().describe('reads that make a tag present; a stray read is one read'),
  appearWithinMs: z.int().min(1000).max(86_400_000).optional().describe('no longer apart than this, ms'),
  settleReads: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('reads after which a first place that no other antenna rivals is sure'),
  settleLead: z
    .number()
    .min(0)
    .max(10_000)
    .optional()
    .describe('where others hear it too: how clearly the first place must lead, dB × reads'),
  memoryReads: z
    .number()
    .min(1)
    .max(10_000)
    .optional()
    .describe('silence is measured over so many of the tag’s own mean gaps …'),
  memoryLeastMs: z.int().min(100).max(86_400_000).optional().describe('… but over no less, ms'),
  memoryMostMs: z.int().min(100).max(86_400_000).optional().describe('… and no more, ms'),
  usualShare: z.number().gt(0).max(1).optional().describe('weight of one read in the usual level of a place'),
  marginDb: z
    .number()
    .min(0)
    .max(40)
    .optional()
    .describe('a candidate must beat the middle of both usual levels by this, dB …'),
  lead: z
    .number()
    .min(1)
    .max(10_000)
    .optional()
    .describe('… until the excess, summed over the reads, is this, dB × reads …'),
  dwellMs: z.int().min(0).max(86_400_000).optional().describe('… and for so long, ms'),
  clipDb: z.number().min(1).max(40).optional().describe('a single read counts for no more than this, dB'),
  silentDb: z
    .number()
    .min(0)
    .max(40)
    .optional()
    .describe('a place is silent when it is read so much less often than the candidate, dB'),
  absentGaps: z.number().min(1).max(10_000).optional().describe('silent for so many of its own mean gaps: gone …'),
  absentLeastMs: z
    .int()
    .min(60_000)
    .max(30 * 86_400_000)
    .optional()
    .describe('… but not before, ms; a minute at least, for a gateway that is away for less is not noticed'),
  unsureShare: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('from this share of `lead` on the answer is: uncertain between the two'),
})
export type ProfileSettings = z.infer<typeof ProfileSettings>

/** Of several that fit an item where it is, each says what those before it did not, or something else. */
export const LocationProfile = z
  .strictObject({
    zones: z.array(Identifier).min(1).max(1000).optional().describe('only there; without it on the whole site'),
    skus: z
      .array(z.string().min(1).max(64))
      .min(1)
      .max(1000)
      .optional()
      .describe('only items of these, as the GTIN on the map tells; without it all'),
    settings: ProfileSettings,
  })
  .refine(({ settings }) => Object.keys(settings).length > 0, { path: ['settings'], message: 'name what is different' })
export type LocationProfile = z.infer<typeof LocationProfile>

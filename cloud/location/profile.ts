import { z } from 'zod'

/**
 * How much it takes to believe the antennas. The defaults hold for racks, gates and staging alike, because everything
 * is measured in the tag's own reads: a tag that is read ten times a second is believed in a second, one that is read
 * every minute in a few minutes.
 */
export const Profile = z.strictObject({
  appearReads: z.int().min(1).default(2).describe('reads that make a tag present; a stray read is one read'),
  appearWithinMs: z.int().min(1000).default(600_000).describe('no longer apart than this, ms'),
  settleReads: z
    .int()
    .min(1)
    .default(6)
    .describe('reads after which a first place that no other antenna rivals is sure'),
  settleLead: z
    .number()
    .min(0)
    .default(30)
    .describe('where others hear it too: how clearly the first place must lead, dB × reads'),
  memoryReads: z.number().min(1).default(10).describe('silence is measured over so many of the tag’s own mean gaps …'),
  memoryLeastMs: z.int().min(100).default(2_000).describe('… but over no less, ms'),
  memoryMostMs: z.int().min(100).default(600_000).describe('… and no more, ms'),
  usualShare: z.number().gt(0).max(1).default(0.05).describe('weight of one read in the usual level of a place'),
  marginDb: z
    .number()
    .min(0)
    .default(0)
    .describe('a candidate must beat the middle of both usual levels by this, dB …'),
  lead: z.number().min(0).default(38).describe('… until the excess, summed over the reads, is this, dB × reads …'),
  dwellMs: z.int().min(0).default(1_000).describe('… and for so long, ms'),
  clipDb: z.number().min(1).default(8).describe('a single read counts for no more than this, dB'),
  silentDb: z
    .number()
    .min(0)
    .default(4)
    .describe('a place is silent when it is read so much less often than the candidate, dB'),
  absentGaps: z.number().min(1).default(20).describe('silent for so many of its own mean gaps: gone …'),
  absentLeastMs: z.int().min(1000).default(60_000).describe('… but not before, ms'),
  unsureShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.6)
    .describe('from this share of `lead` on the answer is: uncertain between the two'),
})
export type Profile = z.infer<typeof Profile>

export const defaultProfile: Profile = Profile.parse({})

import { z } from 'zod'

/** What one antenna heard lately. */
export const PointHearing = z.object({
  gateway: z.string(),
  readPoint: z.string(),
  readsPerSecond: z.number(),
  tags: z.int().describe('different tags'),
  onlyHere: z.int().describe('of them, heard by no other antenna of the site in that time'),
  medianRssiDbm: z
    .number()
    .nullable()
    .describe('of the strongest read of each record; null: the reader tells no strength'),
  rssi: z.array(z.int()).describe('records by signal strength, one count for each of `rssiBins`'),
  lastAt: z.iso.datetime(),
  latest: z
    .array(
      z.object({
        epc: z.string(),
        readsPerSecond: z.number(),
        peakRssiDbm: z.number().nullable(),
        at: z.iso.datetime(),
      }),
    )
    .describe('a few tags, the newest first'),
})
export type PointHearing = z.infer<typeof PointHearing>

/** What the antennas of a site heard lately, and which of them hear the same tags. */
export const Hearing = z.object({
  seconds: z.number().describe('that it covers: less than was asked for where more was heard than is looked at'),
  points: z.array(PointHearing),
  overlaps: z
    .array(z.object({ one: z.string(), other: z.string(), tags: z.int() }))
    .describe('pairs of antennas (`gateway/readPoint`) that heard the same tags, the most first'),
})
export type Hearing = z.infer<typeof Hearing>

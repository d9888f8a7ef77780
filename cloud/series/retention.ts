import { z } from 'zod'
import { Identifier } from '../../shared/identifier.ts'
import type { Expired, Measurement } from './series-store.ts'

const days = z.int().max(36_500)

/** How long each tier is kept; what is not named is kept for ever. */
export const Keep = z.strictObject({
  rawDays: days
    .min(2)
    .optional()
    .describe('what sensors and read points said, value by value; data that comes later than this is set aside'),
  minuteDays: days.min(2).optional().describe('roll-ups by minute'),
  quarterDays: days.min(2).optional().describe('roll-ups by quarter of an hour'),
  hourDays: days.min(2).optional().describe('roll-ups by hour'),
})
export type Keep = z.infer<typeof Keep>

/** Tiers, and the sites that keep them otherwise. */
export const KeepBySite = Keep.extend({
  sites: z.record(Identifier, Keep).default({}).describe('what single sites keep instead, key by key'),
})
export type KeepBySite = z.infer<typeof KeepBySite>

/** What a site keeps: its own days, and of those it does not name the general ones. */
export function keepOf({ sites, ...general }: KeepBySite): (site: string) => Keep {
  return (site) => (Object.hasOwn(sites, site) ? { ...general, ...sites[site] } : general)
}

const dayMs = 86_400_000

/** So much is removed in one step: a day of one measurement at one site. */
export const removedAtOnceMs = dayMs

const daysOf: readonly (readonly [Measurement, keyof Keep])[] = [
  ['condition', 'rawDays'],
  ['read', 'rawDays'],
  ['passage', 'rawDays'],
  ['condition_1m', 'minuteDays'],
  ['condition_15m', 'quarterDays'],
  ['condition_1h', 'hourDays'],
]

/** What of these sites has expired by now. Raw values go by whole hours, so that no hour is summed up from its rest. */
export function expiredBy(now: number, sites: Iterable<string>, keepAt: (site: string) => Keep): readonly Expired[] {
  const expired: Expired[] = []
  for (const site of sites) {
    const keep = keepAt(site)
    for (const [measurement, key] of daysOf) {
      const kept = keep[key]
      if (kept !== undefined) expired.push({ measurement, site, beforeMs: oldestKeptMs(now, kept) })
    }
  }
  return expired
}

/** Start of the oldest hour that is kept. */
export function oldestKeptMs(now: number, keptDays: number): number {
  const oldest = now - keptDays * dayMs
  return oldest - (oldest % 3_600_000)
}

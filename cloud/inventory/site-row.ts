import { z } from 'zod'
import type { SiteState } from './site-state.ts'

const Totals = z.object({
  tagReads: z.int(),
  observations: z.int(),
  measurements: z.int(),
  passages: z.int(),
  scans: z.int(),
  distinctEpcs: z.int(),
  unmapped: z.int(),
  clamped: z.int(),
  unknownKinds: z.int(),
  unusedScans: z.int(),
  unsyncedLeft: z.int(),
})
const SiteText = z.object({
  newestAt: z.number(),
  totals: Totals,
  days: z.array(z.tuple([z.string(), z.object({ arrived: z.int(), departed: z.int(), moved: z.int() })])),
  links: z.array(z.tuple([z.string(), z.object({ state: z.enum(['online', 'offline', 'never']), at: z.number() })])),
  clockOffsets: z.array(z.tuple([z.string(), z.number()])),
})

/** What a site remembers beside its map, items, slots and readers, as JSON. */
export function writeSite(site: SiteState): string {
  const text: z.infer<typeof SiteText> = {
    newestAt: site.newestAt,
    totals: site.totals,
    days: [...site.days],
    links: [...site.links],
    clockOffsets: [...site.clockOffsets],
  }
  return JSON.stringify(text)
}

export function readSite(site: SiteState, text: string): void {
  const stored = SiteText.parse(JSON.parse(text))
  site.newestAt = stored.newestAt
  Object.assign(site.totals, stored.totals)
  for (const [day, counts] of stored.days) site.days.set(day, counts)
  for (const [gateway, link] of stored.links) site.links.set(gateway, link)
  for (const [boot, offsetMs] of stored.clockOffsets) site.clockOffsets.set(boot, offsetMs)
}

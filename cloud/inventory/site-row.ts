import { z } from 'zod'
import { readerOf } from './readers.ts'
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
  readers: z.array(
    z.object({
      gateway: z.string(),
      device: z.string(),
      health: z.object({ state: z.enum(['up', 'silent', 'down']), at: z.number(), signAt: z.number() }),
    }),
  ),
  clockOffsets: z.array(z.tuple([z.string(), z.number()])),
})

/** What a site remembers beside its map, items and slots, as JSON. */
export function writeSite(site: SiteState): string {
  const text: z.infer<typeof SiteText> = {
    newestAt: site.newestAt,
    totals: site.totals,
    days: [...site.days],
    links: [...site.links],
    readers: [...site.readers.values()].map(({ gateway, device, health }) => ({ gateway, device, health })),
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
  for (const { gateway, device, health } of stored.readers)
    Object.assign(readerOf(site, gateway, device).health, health)
  for (const [boot, offsetMs] of stored.clockOffsets) site.clockOffsets.set(boot, offsetMs)
}

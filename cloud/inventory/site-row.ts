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
  clockOffsets: z.array(z.tuple([z.string(), z.number()])),
  outages: z
    .array(
      z.tuple([
        z.string(),
        z.array(z.object({ from: z.number(), to: z.number().nullable(), coveredTo: z.number(), lateAt: z.number() })),
      ]),
    )
    .default([]),
  signs: z
    .array(z.tuple([z.string(), z.string(), z.array(z.tuple([z.number(), z.enum(['up', 'silent', 'down'])]))]))
    .default([]),
})

/** What a site remembers beside its map, items, slots and readers, as JSON. */
export function writeSite(site: SiteState): string {
  const text: z.infer<typeof SiteText> = {
    newestAt: site.newestAt,
    totals: site.totals,
    days: [...site.days],
    links: [...site.links],
    clockOffsets: [...site.clockOffsets],
    outages: [...site.outages].map(([gateway, outages]) => [
      gateway,
      outages.map(({ to, ...rest }) => ({ ...rest, to: to === Number.POSITIVE_INFINITY ? null : to })),
    ]),
    signs: [...site.readers.values()].flatMap(({ gateway, device, signs }) =>
      signs.length === 0 ? [] : [[gateway, device, signs.map(([at, state]) => [at, state])]],
    ),
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
  for (const [gateway, outages] of stored.outages) {
    site.outages.set(
      gateway,
      outages.map((outage) => ({ ...outage, to: outage.to ?? Number.POSITIVE_INFINITY })),
    )
  }
  for (const [gateway, device, signs] of stored.signs) readerOf(site, gateway, device).signs.push(...signs)
}

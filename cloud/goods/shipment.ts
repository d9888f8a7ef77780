import { z } from 'zod'
import { ShipmentLine } from '../../shared/shipment.ts'
import { passedOf, readOf } from './content.ts'
import type { MatchedShipment, Tally } from './tally.ts'
import type { Wanted } from './wanted.ts'

const unknownShown = 100

/** What has passed of a shipment. Instants are Unix ms. */
export const Outcome = z.object({
  /** SKU → how many passed that count by it, beside what units carry. */
  bySku: z.array(z.tuple([z.string(), z.int()])),
  /** Of these, what nobody read. */
  believed: z.array(z.tuple([z.string(), z.int()])).default([]),
  /** Places of lines for one object that passed. */
  exact: z.array(z.int()),
  /** Of these, what nobody read. */
  exactBelieved: z.array(z.int()).default([]),
  /** Place of a line for what a unit carries, how many passed, and how many of them nobody read; where any passed. */
  contents: z.array(z.tuple([z.int(), z.int(), z.int()])).default([]),
  unknown: z.int(),
  /** The first 100. */
  unknownEpcs: z.array(z.string()),
  firstAt: z.number().nullable(),
  lastAt: z.number().nullable(),
})
export type Outcome = z.infer<typeof Outcome>

export const nothingPassed: Outcome = {
  bySku: [],
  believed: [],
  exact: [],
  exactBelieved: [],
  contents: [],
  unknown: 0,
  unknownEpcs: [],
  firstAt: null,
  lastAt: null,
}

/** A shipment as it was announced, and how it ended. */
export const KeptShipment = z.object({
  site: z.string(),
  shipment: z.string(),
  direction: z.enum(['in', 'out']),
  gate: z.string().nullable(),
  dueAt: z.number().nullable(),
  lines: z.array(ShipmentLine),
  /** When it was first announced, by the clock of the cloud. */
  announcedAt: z.number(),
  ended: z.object({ at: z.number(), as: z.enum(['closed', 'cancelled']) }).nullable(),
  /** What passed, once nothing can change it any more. */
  settled: Outcome.nullable(),
})
export type KeptShipment = z.infer<typeof KeptShipment>

export function matchedShipment(kept: KeptShipment, wanted: Wanted): MatchedShipment {
  const { shipment, direction, gate, dueAt, announcedAt, ended } = kept
  return { shipment, direction, gate, dueAt, wanted, announcedAt, endedAt: ended?.at ?? null }
}

export function outcomeOfTally(tally: Tally): Outcome {
  const { of, taken, bySku, contentsOf, firstAt, lastAt } = tally
  const exact: number[] = []
  const exactBelieved: number[] = []
  const unknownEpcs: string[] = []
  let unknown = 0
  for (const { epc, sku, share, isRead } of taken.values()) {
    if (share.for === 'line') {
      exact.push(share.place)
      if (!isRead) exactBelieved.push(share.place)
    } else if (share.for === 'sku' && sku === null && isRead) {
      unknown += 1
      if (unknownEpcs.length < unknownShown) unknownEpcs.push(epc)
    }
  }
  const counted = new Map(bySku)
  const unread = new Map(tally.believed)
  const add = (to: Map<string, number>, sku: string, count: number) => to.set(sku, (to.get(sku) ?? 0) + count)
  const contents: [number, number, number][] = []
  for (const [sku, { contents: ofSku }] of contentsOf) {
    for (const content of ofSku) {
      const passed = passedOf(content)
      const isMore = passed - content.quantity
      if (isMore <= 0) continue
      add(counted, sku, isMore)
      add(unread, sku, Math.max(0, isMore - Math.max(0, readOf(content) - content.quantity)))
    }
    // What was too much when it passed fills what came free since.
    let spare = Math.max(0, (counted.get(sku) ?? 0) - (of.wanted.loose.get(sku) ?? 0))
    for (const content of ofSku) {
      const passed = Math.min(passedOf(content), content.quantity)
      const filled = Math.min(spare, content.quantity - passed)
      const filledUnread = Math.max(0, filled - (counted.get(sku) ?? 0) + (unread.get(sku) ?? 0))
      spare -= filled
      add(counted, sku, -filled)
      add(unread, sku, -filledUnread)
      const believed = Math.max(0, passed - readOf(content)) + filledUnread
      if (passed + filled > 0) contents.push([content.place, passed + filled, believed])
    }
  }
  return {
    bySku: [...counted].filter(([, count]) => count > 0),
    believed: [...unread].filter(([, count]) => count > 0),
    exact,
    exactBelieved,
    contents: contents.sort(([a], [b]) => a - b),
    unknown,
    unknownEpcs,
    firstAt,
    lastAt,
  }
}

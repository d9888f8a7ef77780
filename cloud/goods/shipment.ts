import { z } from 'zod'
import { ShipmentLine } from '../../shared/shipment.ts'
import type { MatchedShipment, Tally, Wanted } from './matching.ts'

const unknownShown = 100

/** What has passed of a shipment. Instants are Unix ms. */
export const Outcome = z.object({
  /** SKU → how many passed that count by it. */
  bySku: z.array(z.tuple([z.string(), z.int()])),
  /** Places of lines for one object that passed. */
  exact: z.array(z.int()),
  unknown: z.int(),
  /** The first 100. */
  unknownEpcs: z.array(z.string()),
  firstAt: z.number().nullable(),
  lastAt: z.number().nullable(),
})
export type Outcome = z.infer<typeof Outcome>

export const nothingPassed: Outcome = {
  bySku: [],
  exact: [],
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

export function outcomeOfTally({ taken, bySku, firstAt, lastAt }: Tally): Outcome {
  const all = [...taken.values()]
  const unknown = all.filter(({ sku, line }) => sku === null && line === null)
  return {
    bySku: [...bySku].filter(([, count]) => count > 0),
    exact: all.flatMap(({ line }) => line ?? []),
    unknown: unknown.length,
    unknownEpcs: unknown.slice(0, unknownShown).map(({ epc }) => epc),
    firstAt,
    lastAt,
  }
}

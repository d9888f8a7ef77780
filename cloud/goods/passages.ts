import { z } from 'zod'
import type { GatePassage } from './matching.ts'

/** One passage through a gate, as it was told; or one scan for a shipment, with an empty gateway. */
export const KeptPassage = z.object({
  site: z.string(),
  gateway: z.string(),
  readPoint: z.string(),
  epc: z.string().describe('hex; of a barcode `objectOf`'),
  direction: z.enum(['in', 'out']),
  /** Event time, as far as it is known. */
  at: z.number(),
  /** For which it was scanned. */
  shipment: z.string().optional(),
  /** As stamped, where the clock of this boot was not trusted. */
  unsynced: z.object({ boot: z.string(), stamp: z.number(), recordedAt: z.number() }).optional(),
})
export type KeptPassage = z.infer<typeof KeptPassage>

/** The same passage told twice has one key. */
export function passageKey({ site, gateway, readPoint, epc, direction, at, shipment, unsynced }: KeptPassage): string {
  const stamp = unsynced === undefined ? at : `${unsynced.stamp} ${unsynced.boot}`
  return [site, gateway, readPoint, epc, direction, stamp, shipment ?? ''].join(' ')
}

/** A read point's name is its gateway's own. */
export function pointOf({ gateway, readPoint }: Pick<KeptPassage, 'gateway' | 'readPoint'>): string {
  return `${gateway}/${readPoint}`
}

export function gatePassage(kept: KeptPassage): GatePassage {
  const { at, epc, direction, shipment } = kept
  return { at, point: pointOf(kept), epc, direction, shipment }
}

/** In event time; of one instant in an order that does not depend on when they came. */
export function inTime(a: KeptPassage, b: KeptPassage): number {
  if (a.at !== b.at) return a.at - b.at
  const [one, other] = [passageKey(a), passageKey(b)]
  return one < other ? -1 : one > other ? 1 : 0
}

import { z } from 'zod'
import { Identifier } from './identifier.ts'
import type { SiteMap } from './site-map.ts'

/** A gate with two sides: what a gateway decides on. */
export const GateSides = z.object({
  id: Identifier.describe('read point by which its passages go'),
  outside: z.array(Identifier).min(1).max(64).describe('read points that look outwards'),
  inside: z.array(Identifier).min(1).max(64).describe('read points that look inwards'),
})
export type GateSides = z.infer<typeof GateSides>

/**
 * What a gateway has to know of its site: the whole of it, sent on the `config` topic after every hello and after every
 * new map. Lenient, like all that travels.
 */
export const GatewayDocument = z.object({
  v: z.literal(1),
  version: z.int().min(1).describe('of the map that it was made from'),
  gates: z.array(GateSides).max(256),
})
export type GatewayDocument = z.infer<typeof GatewayDocument>

/**
 * The part of a map that one gateway works by. The read points of kind `gate` of one gateway and one zone are one gate;
 * passages go by the first of them that looks inwards. One with a single side decides nothing and is not told.
 */
export function documentFor(map: SiteMap, gateway: string): GatewayDocument {
  const byZone = new Map<string, { outside: string[]; inside: string[] }>()
  for (const point of map.readPoints) {
    if (point.gateway !== gateway || point.kind !== 'gate' || point.side === undefined) continue
    const sides = byZone.get(point.zone) ?? { outside: [], inside: [] }
    byZone.set(point.zone, sides)
    sides[point.side].push(point.id)
  }
  const gates = [...byZone.values()].flatMap(({ outside, inside }) => {
    const [id] = inside
    return id === undefined || outside.length === 0 ? [] : [{ id, outside, inside }]
  })
  return { v: 1, version: map.version, gates }
}

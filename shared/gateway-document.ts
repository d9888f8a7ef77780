import { z } from 'zod'
import { GatewayRule, gatewayRuleFor } from './gateway-rule.ts'
import { EpcHex, Identifier } from './identifier.ts'
import { mostPowerOrders, PowerOrder } from './reader-power.ts'
import type { Rule } from './rule.ts'
import { mostListedEpcs } from './rules/of-devices.ts'
import type { SiteMap } from './site-map.ts'

/** A gate with two sides: what a gateway decides on. */
export const GateSides = z.object({
  id: Identifier.describe('read point by which its passages go'),
  outside: z.array(Identifier).min(1).max(64).describe('read points that look outwards'),
  inside: z.array(Identifier).min(1).max(64).describe('read points that look inwards'),
})
export type GateSides = z.infer<typeof GateSides>

/** So many rules a gateway is told of, in the order of their ids; those beyond it run nowhere, and are shown so. */
export const mostGatewayRules = 256

/** Rules of a kind that this version does not know are left aside, not the whole document. */
const Rules = z
  .array(z.unknown())
  .max(mostGatewayRules)
  .default([])
  .transform((rules) => rules.flatMap((rule) => GatewayRule.safeParse(rule).data ?? []))

/** An order that this version cannot read is left aside, as with rules. */
const PowerOrders = z
  .array(z.unknown())
  .max(mostPowerOrders)
  .default([])
  .transform((orders) => orders.flatMap((order) => PowerOrder.safeParse(order).data ?? []))

/**
 * What a gateway has to know of its site: the whole of it, sent on the `config` topic after every hello and whenever it
 * changes. Lenient, like all that travels.
 */
export const GatewayDocument = z.object({
  v: z.literal(1),
  version: z.int().min(1).describe('a number for this very content: another content has another'),
  gates: z.array(GateSides).max(256),
  rules: Rules,
  held: z.array(EpcHex).max(mostListedEpcs).default([]).describe('items on hold, by EPC; only with a rule that asks'),
  heldLeftOut: z.int().default(0).describe('items on hold beyond those: they are not stopped'),
  power: PowerOrders.describe('transmit power that the board wants, by reader and antenna'),
})
export type GatewayDocument = z.infer<typeof GatewayDocument>

/** All of a site that gateways are told of. */
export interface SiteOrders {
  readonly map: SiteMap
  readonly rules: readonly Rule[]
  /** Items on hold, by EPC, at most `mostListedEpcs`; and how many there are beyond. */
  readonly held: readonly string[]
  readonly heldLeftOut: number
  /** By gateway; transmit power that is wanted on the board. */
  readonly power: ReadonlyMap<string, readonly PowerOrder[]>
}

export type GatewayOrders = Omit<GatewayDocument, 'version'>

/** The part of a site that one gateway works by; its version is a number for just this. */
export function documentFor({ map, rules, held, heldLeftOut, power }: SiteOrders, gateway: string): GatewayOrders {
  const gates = gatesOf(map, gateway)
  const own = rules
    .flatMap((rule) => gatewayRuleFor(rule, map, gateway, gates) ?? [])
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, mostGatewayRules)
  const asksForHolds = own.some((rule) => rule.type === 'gate-hold' && rule.stops === 'held')
  return {
    v: 1,
    gates,
    rules: own,
    held: asksForHolds ? [...held] : [],
    heldLeftOut: asksForHolds ? heldLeftOut : 0,
    power: [...(power.get(gateway) ?? [])],
  }
}

/**
 * The read points of kind `gate` of one gateway and one zone are one gate; passages go by the first of them that looks
 * inwards. One with a single side decides nothing and is not told.
 */
function gatesOf(map: SiteMap, gateway: string): GateSides[] {
  const byZone = new Map<string, { outside: string[]; inside: string[] }>()
  for (const point of map.readPoints) {
    if (point.gateway !== gateway || point.kind !== 'gate' || point.side === undefined) continue
    const sides = byZone.get(point.zone) ?? { outside: [], inside: [] }
    byZone.set(point.zone, sides)
    sides[point.side].push(point.id)
  }
  return [...byZone.values()].flatMap(({ outside, inside }) => {
    const [id] = inside
    return id === undefined || outside.length === 0 ? [] : [{ id, outside, inside }]
  })
}

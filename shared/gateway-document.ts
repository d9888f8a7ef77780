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

/** A gate with antennas on one side and a light barrier on either side of its line. */
export const BeamGate = z.object({
  id: Identifier.describe('read point by which its passages go'),
  outside: z.array(Identifier).max(64).describe('read points that look outwards'),
  inside: z.array(Identifier).max(64).describe('read points that look inwards'),
  beams: z
    .array(
      z.object({
        device: Identifier,
        input: z.int().min(1),
        side: z.enum(['inside', 'outside']),
        brokenAt: z.enum(['high', 'low']),
      }),
    )
    .min(2)
    .max(2),
})
export type BeamGate = z.infer<typeof BeamGate>

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
  beamGates: z.array(BeamGate).max(256).default([]),
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

/** What a gateway decides on: gates of either kind. */
export type GatesOfGateway = Pick<GatewayDocument, 'gates' | 'beamGates'>

export type GatewayOrders = Omit<GatewayDocument, 'version'>

/** The part of a site that one gateway works by; its version is a number for just this. */
export function documentFor({ map, rules, held, heldLeftOut, power }: SiteOrders, gateway: string): GatewayOrders {
  const gates = gatesOf(map, gateway)
  const all = [...gates.gates, ...gates.beamGates]
  const own = rules
    .flatMap((rule) => gatewayRuleFor(rule, map, gateway, all) ?? [])
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, mostGatewayRules)
  const asksForHolds = own.some((rule) => rule.type === 'gate-hold' && rule.stops === 'held')
  return {
    v: 1,
    ...gates,
    rules: own,
    held: asksForHolds ? [...held] : [],
    heldLeftOut: asksForHolds ? heldLeftOut : 0,
    power: [...(power.get(gateway) ?? [])],
  }
}

/**
 * The read points of kind `gate` of one gateway and one zone are one gate; passages go by the first of them that looks
 * inwards, or by the first of all. One with a single side decides by its two light barriers; without them it decides
 * nothing and is not told.
 */
function gatesOf(map: SiteMap, gateway: string): GatesOfGateway {
  const byZone = new Map<string, { outside: string[]; inside: string[] }>()
  for (const point of map.readPoints) {
    if (point.gateway !== gateway || point.kind !== 'gate' || point.side === undefined) continue
    const sides = byZone.get(point.zone) ?? { outside: [], inside: [] }
    byZone.set(point.zone, sides)
    sides[point.side].push(point.id)
  }
  const gates: GateSides[] = []
  const beamGates: BeamGate[] = []
  for (const [zone, { outside, inside }] of byZone) {
    const id = inside[0] ?? outside[0]
    if (id === undefined) continue
    if (inside.length > 0 && outside.length > 0) gates.push({ id, outside, inside })
    else {
      const beams = beamsOf(map, gateway, zone)
      if (beams !== undefined) beamGates.push({ id, outside, inside, beams })
    }
  }
  return { gates, beamGates }
}

/** The outer and the inner light barrier of a gate; undefined unless it has both. */
function beamsOf({ beams = [] }: SiteMap, gateway: string, zone: string): BeamGate['beams'] | undefined {
  const of = (side: 'inside' | 'outside') =>
    beams.find((beam) => beam.gateway === gateway && beam.zone === zone && beam.side === side)
  const [outer, inner] = [of('outside'), of('inside')]
  if (outer === undefined || inner === undefined) return undefined
  return [outer, inner].map(({ device, input, side, brokenAt }) => ({ device, input, side, brokenAt }))
}

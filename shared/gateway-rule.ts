import { z } from 'zod'
import { EpcHex, Identifier } from './identifier.ts'
import { type Rule, runsOnGateway } from './rule.ts'
import { mostListedEpcs } from './rules/of-devices.ts'
import type { SiteMap } from './site-map.ts'

/** A rule as it travels to the gateway that judges it: its question, and what there is held against it. Lenient. */

const outputs = z.array(Identifier).max(8).default([])
const ofValues = {
  id: Identifier,
  quantity: z.string(),
  sensors: z.array(Identifier).max(4096).describe('of this gateway; each sensor of a site is judged by one gateway'),
  onDelayMs: z.number().min(0),
  offDelayMs: z.number().min(0).optional(),
  outputs,
}

export const GatewayRule = z.discriminatedUnion('type', [
  z.object({
    ...ofValues,
    type: z.literal('threshold'),
    direction: z.enum(['above', 'below']),
    limit: z.number(),
    clearAt: z.number(),
  }),
  z.object({ ...ofValues, type: z.literal('band'), low: z.number(), high: z.number(), deadBand: z.number() }),
  z.object({
    id: Identifier,
    type: z.literal('gate-hold'),
    gates: z.array(Identifier).max(256).describe('of this gateway, by the read point that their passages go by'),
    stops: z.enum(['held', 'unlisted']),
    listed: z.array(EpcHex).max(mostListedEpcs).optional(),
    direction: z.enum(['in', 'out']),
    quietMs: z.number().min(0),
    outputs,
  }),
])
export type GatewayRule = z.infer<typeof GatewayRule>
export type GatewayValueRule = Exclude<GatewayRule, { type: 'gate-hold' }>
export type GatewayGateRule = Extract<GatewayRule, { type: 'gate-hold' }>

/**
 * A rule as one gateway has to know it; undefined: it does not concern it. A sensor is judged by the gateway that the map
 * names for it and by no other, so that one condition has one judge.
 */
export function gatewayRuleFor(
  rule: Rule,
  map: SiteMap,
  gateway: string,
  gates: readonly { readonly id: string }[],
): GatewayRule | undefined {
  if (!runsOnGateway(rule) || !rule.enabled || rule.site !== map.site) return undefined
  const { id, outputs = [] } = rule
  if (rule.type === 'gate-hold') {
    const zoneOf = new Map(map.readPoints.map((point) => [point.id, point.zone]))
    const own = gates.map((gate) => gate.id).filter((gate) => rule.zone === undefined || zoneOf.get(gate) === rule.zone)
    const { stops, listed, direction, quietMs } = rule
    if (own.length === 0) return undefined
    return { id, type: rule.type, gates: own, stops, ...(listed && { listed }), direction, quietMs, outputs }
  }
  const sensors = map.sensors
    .filter((sensor) => sensor.gateway === gateway)
    .filter((sensor) => rule.sensors === undefined || rule.sensors.includes(sensor.id))
    .filter((sensor) => rule.zone === undefined || rule.zone === sensor.zone)
    .map((sensor) => sensor.id)
  if (sensors.length === 0) return undefined
  const { quantity, onDelayMs, offDelayMs } = rule
  const asked = { id, quantity, sensors, onDelayMs, ...(offDelayMs !== undefined && { offDelayMs }), outputs }
  if (rule.type === 'band')
    return { ...asked, type: rule.type, low: rule.low, high: rule.high, deadBand: rule.deadBand }
  return { ...asked, type: rule.type, direction: rule.direction, limit: rule.limit, clearAt: rule.clearAt }
}

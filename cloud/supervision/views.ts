import { type GatewayState, iso } from '../../shared/api.ts'
import type { SensorNow } from '../../shared/board.ts'
import type { KeptGateway, KeptSensor, SupervisionState } from './state.ts'

/** What is further away than a month says nothing. */
const longestForecastMs = 30 * 86_400_000

export function viewGateway(gateway: KeptGateway): GatewayState {
  const { site, gateway: id, link, since, lastHeardAt, version, backlog, clockSynced, devicesLeftOut, forked } = gateway
  const { spool } = gateway
  return {
    site,
    gateway: id,
    link,
    lastHeardAt: lastHeardAt === null ? null : iso(lastHeardAt),
    since: since === null ? null : iso(since),
    version,
    backlog,
    clockSynced,
    devices: Object.entries(gateway.devices)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([device, { state, since: from, reason }]) => ({ device, state, since: iso(from), reason })),
    ...(spool === undefined ? {} : { spool: viewSpool(spool) }),
    ...(devicesLeftOut === 0 ? {} : { devicesLeftOut }),
    ...(forked === undefined ? {} : { forked: { since: iso(forked.since), reason: forked.reason } }),
  }
}

/** Should it go on filling as it did between its two newest words. A spool that empties is never full. */
function viewSpool({ at, waitingBytes, boundBytes, growthPerMs }: NonNullable<KeptGateway['spool']>) {
  const fullAt = at + Math.max(0, boundBytes - waitingBytes) / growthPerMs
  return {
    at: iso(at),
    waitingBytes,
    boundBytes,
    fullAt: growthPerMs > 0 && fullAt - at < longestForecastMs ? iso(Math.round(fullAt)) : null,
  }
}

/** `at`: of the newest of the values. `outside`: quantities beyond the limits of the map in force. */
export function viewSensor(state: SupervisionState, sensor: KeptSensor): SensorNow {
  const limits = state.limits.get(sensor.site)?.[sensor.sensor] ?? {}
  const values: Record<string, number | null> = {}
  const outside: string[] = []
  let at = 0
  for (const [quantity, newest] of Object.entries(sensor.values)) {
    values[quantity] = newest.value
    at = Math.max(at, newest.at)
    const { low, high } = limits[quantity] ?? {}
    const { value } = newest
    if (value !== null && ((low !== undefined && value < low) || (high !== undefined && value > high))) {
      outside.push(quantity)
    }
  }
  return { sensor: sensor.sensor, at, values, outside }
}

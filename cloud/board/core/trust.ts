import type { GatewayState } from '../../../shared/api.ts'
import type { SensorNow } from '../../../shared/board.ts'
import type { ReadPoint, SensorPlace, SiteMap } from '../../../shared/site-map.ts'

/**
 * What the map can still believe while parts of the street are silent. A lost gateway or reader does not change a slot:
 * it takes away the right to call its state current.
 */

export const trusts = ['current', 'reader-silent', 'gateway-lost'] as const
export type Trust = (typeof trusts)[number]

/** A sensor that has said nothing for this long is shown with its age, as a memory. */
export const sensorExpiresAfterMs = 15 * 60_000

export interface SiteTrust {
  /** By index of `map.slots`; values index `trusts`. */
  readonly slots: Uint8Array
  /** How many of them are not current. */
  readonly notCurrent: number
  readonly zones: ReadonlyMap<string, Trust>
  /** Key: `<gateway>/<device>`. */
  readonly devices: ReadonlyMap<string, Trust>
  /** Readers and gates that are silent though their gateway is there, by name. */
  readonly silentReaders: readonly string[]
}

export function deviceKey(point: Pick<ReadPoint, 'gateway' | 'device'>): string {
  return `${point.gateway}/${point.device}`
}

export function trustOf(map: SiteMap, gateways: ReadonlyMap<string, GatewayState>): SiteTrust {
  const devices = new Map<string, Trust>()
  for (const point of map.readPoints) devices.set(deviceKey(point), deviceTrust(gateways, point.gateway, point.device))

  const bySlot = new Map<string, Trust>()
  const byZone = new Map<string, Trust>()
  const speakersOfZone = new Map<string, Trust>()
  for (const point of map.readPoints) {
    const trust = devices.get(deviceKey(point)) ?? 'current'
    better(speakersOfZone, point.zone, trust)
    if (point.kind === 'gate') continue // what passes a gate is no evidence for a shelf
    for (const slot of point.slots) better(bySlot, slot, trust)
    if (point.slots.length === 0) better(byZone, point.zone, trust)
  }
  for (const sensor of map.sensors)
    better(speakersOfZone, sensor.zone, deviceTrust(gateways, sensor.gateway, sensor.id))

  const slots = new Uint8Array(map.slots.length)
  let notCurrent = 0
  for (const [index, slot] of map.slots.entries()) {
    // One healthy reader that covers the slot is enough.
    const trust = best(bySlot.get(slot.id), byZone.get(slot.zone))
    slots[index] = trusts.indexOf(trust ?? 'current')
    if (slots[index] !== 0) notCurrent++
  }
  const silent = map.readPoints.filter((point) => devices.get(deviceKey(point)) === 'reader-silent')
  const silentReaders = [...new Set(silent.map(({ device }) => device))]
  return { slots, notCurrent, silentReaders, zones: speakersOfZone, devices }
}

export type SensorTrust = Trust | 'sensor-silent' | 'never'

const healthOfDevice = new Set(['batteryPercent', 'batteryMillivolts', 'linkQuality', 'signalDbm'])

/**
 * What a sensor says of the hall, limited quantities first; of its own battery and radio only the sensor's page speaks.
 */
export function conditionsOf(place: SensorPlace, said: SensorNow | undefined): string[] {
  const all = new Set([...Object.keys(place.limits), ...Object.keys(said?.values ?? {})])
  return [...all].filter((quantity) => !healthOfDevice.has(quantity) || quantity in place.limits)
}

/** `now` is server time. */
export function sensorTrust(
  place: SensorPlace,
  said: SensorNow | undefined,
  gateways: ReadonlyMap<string, GatewayState>,
  now: number,
): SensorTrust {
  if (said === undefined) return 'never'
  if (isLost(gateways.get(place.gateway))) return 'gateway-lost'
  if (deviceTrust(gateways, place.gateway, place.id) !== 'current') return 'sensor-silent'
  return now - said.at > sensorExpiresAfterMs ? 'sensor-silent' : 'current'
}

/** A gateway that the map relies on and that is not there, or has never been there. */
export function isLost(state: GatewayState | undefined): boolean {
  return state === undefined || state.link !== 'online'
}

function deviceTrust(gateways: ReadonlyMap<string, GatewayState>, gateway: string, device: string): Trust {
  const state = gateways.get(gateway)
  if (isLost(state)) return 'gateway-lost'
  const said = state?.devices.find((candidate) => candidate.device === device)
  return said === undefined || said.state === 'up' ? 'current' : 'reader-silent'
}

function best(a: Trust | undefined, b: Trust | undefined): Trust | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return trusts.indexOf(a) <= trusts.indexOf(b) ? a : b
}

function better(into: Map<string, Trust>, key: string, trust: Trust): void {
  const chosen = best(into.get(key), trust)
  if (chosen !== undefined) into.set(key, chosen)
}

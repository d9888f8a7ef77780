import type { AlertState, StoredSign } from './state.ts'

export function signKey(site: string, of: StoredSign['of'], gateway: string, subject: string): string {
  // A sensor is one sensor, whatever gateway hears it; two gateways may use one name for two readers.
  return `${site}/${of}/${of === 'sensor' ? '' : gateway}/${subject}`
}

/** The signs of life of a thing, made if nobody spoke of it before. */
export function signOf(
  state: AlertState,
  site: string,
  of: StoredSign['of'],
  gateway: string,
  subject: string,
): StoredSign {
  const key = signKey(site, of, gateway, subject)
  const known = state.signs.get(key)
  if (known !== undefined) return known
  const sign: StoredSign = {
    site,
    of,
    subject,
    gateway,
    zone: null,
    watched: false,
    signAt: 0,
    said: 'unsaid',
    saidAt: 0,
  }
  state.signs.put(key, sign)
  return sign
}

export function noteSign(state: AlertState, sign: StoredSign): void {
  state.signs.note(signKey(sign.site, sign.of, sign.gateway, sign.subject))
}

/** The zone of a sensor or reader on the map in force. Ids are free text: one may be called `constructor`. */
export function zoneOf(state: AlertState, site: string, subject: string): string | null {
  const zones = state.zones.get(site) ?? {}
  return Object.hasOwn(zones, subject) ? (zones[subject] ?? null) : null
}

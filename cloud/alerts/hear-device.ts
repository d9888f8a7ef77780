import type { DeviceState } from '../../shared/record.ts'
import { noteSign, signKey, signOf, zoneOf } from './sign-of.ts'
import { say } from './silence.ts'
import type { AlertState, StoredSign } from './state.ts'

/** What a gateway says of a reader, an antenna or a sensor. Of itself it says it by its link. */
export function hearDevice(
  state: AlertState,
  { site, gateway }: { readonly site: string; readonly gateway: string },
  { device, state: said }: DeviceState,
  at: number,
): void {
  if (device === gateway) return
  const isSensor = state.signs.get(signKey(site, 'sensor', '', device)) !== undefined
  const reader = isSensor ? undefined : readerOfAntenna(state, site, gateway, device)
  const sign = signOf(state, site, isSensor ? 'sensor' : reader === undefined ? 'reader' : 'antenna', gateway, device)
  if (reader !== undefined) watchAntenna(state, sign, reader)
  say(sign, said, at)
  noteSign(state, sign)
}

/** After a map: antennas are watched as long as their reader is. */
export function watchAntennas(state: AlertState, site: string): void {
  for (const sign of state.signs.all.values()) {
    if (sign.of !== 'antenna' || sign.site !== site) continue
    const reader = readerOfAntenna(state, site, sign.gateway, sign.subject)
    if (reader === undefined) continue
    watchAntenna(state, sign, reader)
    noteSign(state, sign)
  }
}

/**
 * A gateway calls an antenna `<device>.<port>` (edge/line.ts). undefined: no reader of the map has such an antenna, or a
 * reader itself is called so.
 */
export function readerOfAntenna(
  state: AlertState,
  site: string,
  gateway: string,
  device: string,
): StoredSign | undefined {
  const named = /^(.+)\.\d{1,5}$/.exec(device)?.[1]
  if (named === undefined || state.signs.get(signKey(site, 'reader', gateway, device))?.watched === true)
    return undefined
  const reader = state.signs.get(signKey(site, 'reader', gateway, named))
  return reader?.watched === true ? reader : undefined
}

function watchAntenna(state: AlertState, sign: StoredSign, reader: StoredSign): void {
  sign.watched = true
  sign.zone = zoneOf(state, sign.site, sign.subject) ?? reader.zone
}

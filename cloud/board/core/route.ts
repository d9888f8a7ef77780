import { epcFromText } from '../../../shared/epc/mended-hex.ts'
import { type WallSettings, wallSearch, wallSettings } from './wall.ts'

/** Every place of the board has an address; this is the whole list. */
export type Route =
  /** `asOf`, Unix ms: the floor as it was then; without it as it is. `find`: goods whose slots are ringed. */
  | { readonly page: 'floor'; readonly slot: string | null; readonly find?: string; readonly asOf?: number }
  | { readonly page: 'find'; readonly q: string }
  | { readonly page: 'alerts' }
  | { readonly page: 'sensors'; readonly sensor: string | null }
  | { readonly page: 'gateways' }
  | { readonly page: 'shipments'; readonly shipment: string | null }
  | { readonly page: 'goods' }
  | { readonly page: 'scan' }
  | { readonly page: 'system' }
  | { readonly page: 'walls' }
  | { readonly page: 'imports' }
  | { readonly page: 'notifications' }
  | { readonly page: 'rules' }
  | { readonly page: 'map' }
  | { readonly page: 'setup' }
  | { readonly page: 'account' }
  | { readonly page: 'settings' }
  | { readonly page: 'wall'; readonly id: string; readonly settings: WallSettings }
  | { readonly page: 'item'; readonly epc: string }
  | { readonly page: 'nowhere' }

/** `path` begins with "/", `search` with "?" or is empty, as `location` has them. */
export function routeOf(path: string, search: string): Route {
  const query = new URLSearchParams(search)
  const [first = '', second = '', ...rest] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded)
  if (rest.length > 0) return { page: 'nowhere' }
  if (first === '') return { page: 'floor', slot: query.get('slot'), ...findIn(query), ...asOfIn(query) }
  if (first === 'slot' && second !== '') return { page: 'floor', slot: second } // as labels and other pages link it
  if (first === 'item' && second !== '') return { page: 'item', epc: epcFromText(second) ?? second }
  if (first === 'sensors') return { page: 'sensors', sensor: second === '' ? null : second }
  if (first === 'shipments') return { page: 'shipments', shipment: second === '' ? null : second }
  if (first === 'wall' && second !== '') return { page: 'wall', id: second, settings: wallSettings(search) }
  if (second !== '') return { page: 'nowhere' }
  if (first === 'find') return { page: 'find', q: query.get('q') ?? '' }
  const alone = (
    [
      'alerts',
      'gateways',
      'goods',
      'scan',
      'system',
      'walls',
      'imports',
      'notifications',
      'rules',
      'map',
      'setup',
      'account',
      'settings',
    ] as const
  ).find((page) => page === first)
  if (alone !== undefined) return { page: alone }
  return { page: 'nowhere' }
}

export function addressOf(route: Route): string {
  switch (route.page) {
    case 'floor':
      return `/${searchOf({ find: route.find ?? null, slot: route.slot, at: route.asOf === undefined ? null : new Date(route.asOf).toISOString() })}`
    case 'find':
      return route.q === '' ? '/find' : `/find?q=${encodeURIComponent(route.q)}`
    case 'item':
      return `/item/${encodeURIComponent(route.epc)}`
    case 'sensors':
      return route.sensor === null ? '/sensors' : `/sensors/${encodeURIComponent(route.sensor)}`
    case 'shipments':
      return route.shipment === null ? '/shipments' : `/shipments/${encodeURIComponent(route.shipment)}`
    case 'wall':
      return `/wall/${encodeURIComponent(route.id)}${wallSearch(route.settings)}`
    case 'nowhere':
      return '/'
    default:
      return `/${route.page}`
  }
}

function findIn(query: URLSearchParams): { readonly find?: string } {
  const find = query.get('find')?.trim() ?? ''
  return find === '' ? {} : { find }
}

function asOfIn(query: URLSearchParams): { readonly asOf?: number } {
  const at = Date.parse(query.get('at') ?? '')
  return Number.isNaN(at) ? {} : { asOf: at }
}

function searchOf(parts: Readonly<Record<string, string | null>>): string {
  const named = Object.entries(parts).flatMap(([name, value]) =>
    value === null ? [] : `${name}=${encodeURIComponent(value)}`,
  )
  return named.length === 0 ? '' : `?${named.join('&')}`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part // a stray % is the visitor's, not ours
  }
}

import { epcFromText } from '../../../shared/epc/mended-hex.ts'
import { type WallSettings, wallSearch, wallSettings } from './wall.ts'

/** Every place of the board has an address; this is the whole list. */
export type Route =
  | { readonly page: 'floor'; readonly slot: string | null }
  | { readonly page: 'find'; readonly q: string }
  | { readonly page: 'alerts' }
  | { readonly page: 'sensors'; readonly sensor: string | null }
  | { readonly page: 'gateways' }
  | { readonly page: 'scan' }
  | { readonly page: 'system' }
  | { readonly page: 'walls' }
  | { readonly page: 'account' }
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
  if (first === '') return { page: 'floor', slot: query.get('slot') }
  if (first === 'slot' && second !== '') return { page: 'floor', slot: second } // as labels and other pages link it
  if (first === 'item' && second !== '') return { page: 'item', epc: epcFromText(second) ?? second }
  if (first === 'sensors') return { page: 'sensors', sensor: second === '' ? null : second }
  if (first === 'wall' && second !== '') return { page: 'wall', id: second, settings: wallSettings(search) }
  if (second !== '') return { page: 'nowhere' }
  if (first === 'find') return { page: 'find', q: query.get('q') ?? '' }
  const alone = (['alerts', 'gateways', 'scan', 'system', 'walls', 'account'] as const).find((page) => page === first)
  if (alone !== undefined) return { page: alone }
  return { page: 'nowhere' }
}

export function addressOf(route: Route): string {
  switch (route.page) {
    case 'floor':
      return route.slot === null ? '/' : `/?slot=${encodeURIComponent(route.slot)}`
    case 'find':
      return route.q === '' ? '/find' : `/find?q=${encodeURIComponent(route.q)}`
    case 'item':
      return `/item/${encodeURIComponent(route.epc)}`
    case 'sensors':
      return route.sensor === null ? '/sensors' : `/sensors/${encodeURIComponent(route.sensor)}`
    case 'wall':
      return `/wall/${encodeURIComponent(route.id)}${wallSearch(route.settings)}`
    case 'nowhere':
      return '/'
    default:
      return `/${route.page}`
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part // a stray % is the visitor's, not ours
  }
}

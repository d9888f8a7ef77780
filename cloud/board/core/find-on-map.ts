import { skuNamed } from '../../../shared/epc/sku-named.ts'
import type { SiteMap } from '../../../shared/site-map.ts'

export type Found =
  | { readonly kind: 'slot'; readonly id: string; readonly zone: string }
  | { readonly kind: 'zone'; readonly id: string; readonly name: string }
  | { readonly kind: 'sensor'; readonly id: string; readonly name: string }
  | { readonly kind: 'gate'; readonly id: string; readonly zone: string }
  | { readonly kind: 'sku'; readonly id: string; readonly name: string }

/**
 * Everything on the map that a few typed letters or a scanned barcode may mean, best first: exact, then beginning, then
 * anywhere. Answers from memory, so it can be asked at every key.
 */
export function findOnMap(map: SiteMap, query: string, limit: number): Found[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return []
  const gates = new Map(
    map.readPoints.filter((point) => point.kind === 'gate').map((point) => [point.device, point.zone]),
  )
  const ranked: { readonly found: Found; readonly rank: number }[] = []
  const offer = (found: Found, ...texts: string[]) => {
    const rank = Math.min(...texts.map((text) => rankOf(text.toLowerCase(), wanted)))
    if (rank < 3) ranked.push({ found, rank })
  }
  for (const { id, name } of map.zones) offer({ kind: 'zone', id, name }, id, name)
  for (const [id, zone] of gates) offer({ kind: 'gate', id, zone }, id)
  const scanned = skuNamed(map.skus, query)
  for (const { sku, name } of map.skus) offer({ kind: 'sku', id: sku, name }, sku === scanned ? wanted : sku, name)
  for (const { id, name } of map.sensors) offer({ kind: 'sensor', id, name }, id, name)
  for (const { id, zone } of map.slots) offer({ kind: 'slot', id, zone }, id)
  // The sort is stable: equals stay in the order offered.
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, limit)
    .map(({ found }) => found)
}

/** SKUs that what was typed or scanned names: one by its number or barcode, else those whose number or name holds it, best first. */
export function skusNamed(map: SiteMap, query: string, limit: number): readonly string[] {
  const scanned = skuNamed(map.skus, query)
  if (scanned !== undefined) return [scanned]
  const whole = map.skus.find(({ sku }) => sku.toLowerCase() === query.trim().toLowerCase())
  if (whole !== undefined) return [whole.sku]
  const found = findOnMap(map, query, Number.POSITIVE_INFINITY)
  return found.flatMap((one) => (one.kind === 'sku' ? [one.id] : [])).slice(0, limit)
}

function rankOf(text: string, wanted: string): number {
  if (text === wanted) return 0
  if (text.startsWith(wanted)) return 1
  return text.includes(wanted) ? 2 : 3
}

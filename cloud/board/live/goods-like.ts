import type { Item, StockRow } from '../../../shared/api.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import { skusNamed } from '../core/find-on-map.ts'
import type { Goods } from '../core/found-goods.ts'
import { type Answer, askAll } from './ask.ts'

/** As many rows as somebody reads; more are not asked for. */
export const mostGoods = 200
/** SKUs that few letters may mean, and that are looked for; the best ones. */
const mostSkus = 8

/** Goods that match a few typed letters or a scanned barcode. */
export async function goodsLike(
  site: string,
  q: string,
  map: SiteMap | undefined,
  signal: AbortSignal,
): Promise<Answer<Goods>> {
  const at = `/sites/${encodeURIComponent(site)}`
  const items = await askAll<Item>(`${at}/items`, { q }, mostGoods, signal)
  if (!items.ok) return items
  // The stock table answers "how many and where" of SKUs: the one that was scanned, or those called so.
  const named = map === undefined ? [] : skusNamed(map, q, mostSkus)
  const stock: StockRow[] = []
  for (const sku of named.length > 0 ? named : [q]) {
    const rows = await askAll<StockRow>(`${at}/stock`, { sku }, mostGoods, signal)
    if (rows.ok) stock.push(...rows.value)
  }
  return { ok: true, value: { items: items.value.slice(0, mostGoods), stock: stock.slice(0, mostGoods) } }
}

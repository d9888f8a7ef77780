import type { Item, StockRow } from '../../../shared/api.ts'
import { skuNamed } from '../../../shared/epc/sku-named.ts'
import type { Sku } from '../../../shared/site-map.ts'
import type { Goods } from '../core/found-goods.ts'
import { type Answer, askAll } from './ask.ts'

/** As many rows as somebody reads; more are not asked for. */
export const mostGoods = 200

/** Goods that match a few typed letters or a scanned barcode. */
export async function goodsLike(
  site: string,
  q: string,
  skus: readonly Sku[],
  signal: AbortSignal,
): Promise<Answer<Goods>> {
  const at = `/sites/${encodeURIComponent(site)}`
  const items = await askAll<Item>(`${at}/items`, { q }, mostGoods, signal)
  if (!items.ok) return items
  // The stock table answers "how many and where" when what was typed is one whole SKU, or scanned with its GTIN.
  const stock = await askAll<StockRow>(`${at}/stock`, { sku: skuNamed(skus, q) ?? q }, mostGoods, signal)
  return { ok: true, value: { items: items.value.slice(0, mostGoods), stock: stock.ok ? stock.value : [] } }
}

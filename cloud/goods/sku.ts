import { articleOf, articlesOf } from '../../shared/epc/article.ts'
import type { GoodsState } from './state.ts'

/** The SKU of a tag, or of a barcode as `objectOf` has it, on a site: as that site imported it, else by its GTIN, where the site's map knows that. */
export function skuOn(state: GoodsState, site: string, epc: string): string | null {
  const said = state.facts.get(site, epc)?.sku
  if (said !== undefined && said !== null) return said
  const scanned = /^\(01\)(\d{14})/.exec(epc)?.[1]
  const articles = scanned === undefined ? [articleOf(epc) ?? -1] : articlesOf(scanned)
  const known = articlesOn(state, site)
  const article = articles.find((one) => known.has(one))
  return article === undefined ? null : (known.get(article) ?? null)
}

function articlesOn(state: GoodsState, site: string): ReadonlyMap<number, string> {
  const known = state.skuByArticle.get(site)
  if (known !== undefined) return known
  const made = new Map(state.grounds.get(site)?.articles)
  state.skuByArticle.set(site, made)
  return made
}

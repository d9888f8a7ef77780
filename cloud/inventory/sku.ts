import { articleOf } from '../../shared/epc/article.ts'
import type { TrackedItem } from './item.ts'
import type { InventoryState } from './state.ts'

/** Between what two sites say of one tag. */
const separator = '\u001e'

/**
 * What each site says is on a tag, as one text that the many tags of one SKU share: `site TAB sku`, sorted by site. A
 * text without a site is of a file that was made before sites were told apart.
 */
export function withSku(skus: string, site: string, sku: string): string {
  const others = partsOf(skus).filter((part) => siteOf(part) !== site)
  return [...others, `${site}\t${sku.replaceAll(separator, ' ')}`].sort().join(separator)
}

/** The SKU of a tag: as it was said, else by its GTIN, where the map of the site that has it knows that. */
export function skuIn(state: InventoryState, item: TrackedItem): string | null {
  const said = skuOf(item)
  if (said !== null || item.place === null) return said
  const known = state.sites.get(item.place.site)?.index?.skuByArticle
  if (known === undefined || known.size === 0) return null
  return known.get(articleOf(item.epc) ?? -1) ?? null
}

/**
 * The SKU of a tag as it was said: as the site says where it is, else as a site says that has read it, so that goods keep theirs on
 * the way. What a site says of a tag that it never had counts for nobody else.
 */
export function skuOf({ skus, place, sites }: Pick<TrackedItem, 'skus' | 'place' | 'sites'>): string | null {
  if (skus === '') return null
  const here = place?.site ?? ''
  if (skus.startsWith(`${here}\t`) && !skus.includes(separator)) return skus.slice(here.length + 1)
  const parts = partsOf(skus)
  for (const site of [here, ...sites.split(','), '']) {
    const part = parts.find((one) => siteOf(one) === site)
    if (part !== undefined) return part.slice(part.indexOf('\t') + 1)
  }
  return null
}

function partsOf(skus: string): readonly string[] {
  return skus === '' ? [] : skus.split(separator)
}

function siteOf(part: string): string {
  return part.slice(0, Math.max(0, part.indexOf('\t')))
}

import { gtin14Of } from '../../shared/epc/check-digit.ts'
import { readCode, tagsOfCode } from '../../shared/epc/code.ts'
import { elementValue } from '../../shared/epc/elements.ts'
import type { TrackedItem } from './item.ts'
import type { SiteState } from './site-state.ts'
import type { InventoryState } from './state.ts'

/** The item that a code of any form names: hex, EPC URI, Digital Link, barcode. */
export function itemNamed(state: InventoryState, text: string): TrackedItem | undefined {
  const known = state.byEpc.get(text)
  if (known !== undefined) return known
  const code = readCode(text)
  if (!code.ok) return undefined
  for (const epc of tagsOfCode(code.value)) {
    const item = state.byEpc.get(epc)
    if (item !== undefined) return item
  }
  return undefined
}

/** The SKU whose GTIN a barcode or Digital Link names, by the site's map. */
export function skuNamed(site: SiteState | undefined, text: string): string | undefined {
  const code = readCode(text)
  const gtin = code.ok && code.value.is === 'elements' ? elementValue(code.value.elements, '01') : undefined
  if (gtin === undefined) return undefined
  return site?.index?.map.skus.find((sku) => sku.gtin !== undefined && gtin14Of(sku.gtin) === gtin)?.sku
}

import type { Sku } from '../site-map.ts'
import { gtin14Of } from './check-digit.ts'
import { readCode } from './code.ts'
import { elementValue } from './elements.ts'

/** The SKU whose GTIN a barcode, a Digital Link or a bare number names; undefined: none of these. */
export function skuNamed(skus: readonly Sku[], text: string): string | undefined {
  const code = readCode(text)
  const gtin = code.ok && code.value.is === 'elements' ? elementValue(code.value.elements, '01') : undefined
  if (gtin === undefined) return undefined
  return skus.find((sku) => sku.gtin !== undefined && gtin14Of(sku.gtin) === gtin)?.sku
}

import { readCode, tagsOfCode } from '../../shared/epc/code.ts'
import type { TrackedItem } from './item.ts'
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

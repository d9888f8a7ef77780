import { type GoodsState, type KeptHomes, keyOn, nameOn } from './state.ts'

/** Slots where a SKU is expected, sorted; none: it may lie anywhere. */
export function homesOf(state: GoodsState, site: string, sku: string): readonly string[] {
  return Object.keys(state.homes.get(keyOn(site, sku)) ?? {}).sort()
}

/** SKU → quantity by slot, of one site. */
export function homesOn(state: GoodsState, site: string): ReadonlyMap<string, KeptHomes> {
  const homes = new Map<string, KeptHomes>()
  for (const [key, slots] of state.homes.all) {
    const sku = nameOn(site, key)
    if (sku !== undefined) homes.set(sku, slots)
  }
  return homes
}

export function hasHomes(state: GoodsState, site: string): boolean {
  for (const key of state.homes.all.keys()) if (nameOn(site, key) !== undefined) return true
  return false
}

/** Whether an item lies in a slot where its SKU is not expected, although it is expected somewhere. */
export function isMisplaced(homes: KeptHomes | undefined, slot: string | null): boolean {
  return homes !== undefined && slot !== null && !Object.hasOwn(homes, slot)
}

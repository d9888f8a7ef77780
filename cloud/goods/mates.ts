/** Goods of one site by SKU and by where they are held to be: what one of them says of another, see `cloud/location/company.ts`. */
export interface Mates {
  see(sku: string, slot: string, epc: string): void
  /** EPCs of the SKU in these slots, each slot named once. */
  of(sku: string, slots: readonly string[]): Iterable<string>
}

export function openMates(): Mates {
  const bySlot = new Map<string, string[]>()
  const keyOf = (sku: string, slot: string) => `${slot}\t${sku}`
  return {
    see(sku, slot, epc) {
      const key = keyOf(sku, slot)
      const there = bySlot.get(key)
      if (there === undefined) bySlot.set(key, [epc])
      else there.push(epc)
    },
    *of(sku, slots) {
      for (const slot of slots) yield* bySlot.get(keyOf(sku, slot)) ?? []
    },
  }
}

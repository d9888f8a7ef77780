import type { Item, StockRow } from '../../../shared/api.ts'

/** What matches some typed letters: single things, and stock where the letters are one whole SKU. */
export interface Goods {
  readonly items: readonly Item[]
  readonly stock: readonly StockRow[]
}

export interface FoundGoods {
  /** By code of the slot, most first. */
  readonly slots: readonly { readonly code: string; readonly quantity: number }[]
  /** On the site, but in no slot that is known. */
  readonly elsewhere: number
}

const notHere: ReadonlySet<Item['state']> = new Set(['departed', 'gone', 'glimpsed'])

/** Which slots hold goods that were looked for, and how many of them. */
export function whereFound({ items, stock }: Goods): FoundGoods {
  const bySlot = new Map<string, number>()
  let elsewhere = 0
  const add = (slot: string | null, quantity: number) => {
    if (slot === null) elsewhere += quantity
    else bySlot.set(slot, (bySlot.get(slot) ?? 0) + quantity)
  }
  if (stock.length > 0) for (const { slot, quantity } of stock) add(slot, quantity)
  else for (const { slot, state } of items) if (!notHere.has(state)) add(slot, 1)
  const slots = [...bySlot].map(([code, quantity]) => ({ code, quantity }))
  return { slots: slots.sort((a, b) => b.quantity - a.quantity || a.code.localeCompare(b.code)), elsewhere }
}

import { isClimateRule } from '../../../shared/rule.ts'
import type { ClimateRule, ExpectedRule, GoodsRule, LeavingRule, StockRule } from '../../../shared/rules/of-goods.ts'
import { homesOf, isMisplaced } from '../../goods/homes.ts'
import { skuOn } from '../../goods/sku.ts'
import type { Conclusions } from '../../inventory/conclusions.ts'
import type { Place } from '../../location/place.ts'
import type { AlertState } from '../state.ts'
import { fits, isThere, type KnownItem } from './scope.ts'

/** A rule that says of one item, where it is, whether something is wrong. */
export type ItemRule = Exclude<GoodsRule, StockRule | ExpectedRule | LeavingRule | ClimateRule>

export function isItemRule(rule: GoodsRule): rule is ItemRule {
  return rule.type !== 'stock' && rule.type !== 'expected' && rule.type !== 'leaving' && !isClimateRule(rule)
}

export function knownItem(state: AlertState, site: string, epc: string): KnownItem {
  return { epc, sku: skuOn(state.goods, site, epc), fact: state.goods.facts.get(site, epc) }
}

/**
 * Since when the condition of a rule holds for an item that is at `place`, and when it is due; undefined: it does not
 * hold. `enteredAt`: since when the item is where the rule is about, asked only where that is needed.
 */
export function heldAgainst(
  state: AlertState,
  rule: ItemRule,
  item: KnownItem,
  { place, at }: { readonly place: Place | null; readonly at: number },
  enteredAt: () => number,
): { readonly sinceAt: number; readonly dueAt: number } | undefined {
  if (place === null || !isThere(rule, place) || !fits(rule.goods, item)) return undefined
  switch (rule.type) {
    case 'dwell': {
      const sinceAt = enteredAt()
      return { sinceAt, dueAt: sinceAt + rule.longerThanMs }
    }
    case 'expiry': {
      const expiresAt = item.fact?.expiresAt ?? null
      if (expiresAt === null) return undefined
      const dueAt = Math.max(enteredAt(), expiresAt - rule.beforeMs)
      return { sinceAt: dueAt, dueAt }
    }
    case 'held':
      return item.fact?.hold == null ? undefined : { sinceAt: at, dueAt: at + rule.onDelayMs }
    case 'misplaced': {
      if (item.sku === null || place.slot === null) return undefined
      const homes = homesOf(state.goods, rule.site, item.sku)
      const isWrong = homes.length > 0 && isMisplaced(Object.fromEntries(homes.map((home) => [home, 1])), place.slot)
      return isWrong ? { sinceAt: at, dueAt: at + rule.onDelayMs } : undefined
    }
  }
}

/** Since when an item is where a rule is about, by what was known at an offset of the journal. */
export function enteredAt(
  conclusions: Conclusions,
  rule: { readonly site: string; readonly zone?: string | undefined },
  epc: string,
  offset: number,
): number {
  const item = conclusions.itemOf(epc)
  let at = 0
  if (item === undefined) return at
  for (const stop of conclusions.trail(item, offset)) {
    if (!isThere(rule, stop.place)) break
    at = stop.at
  }
  return at
}

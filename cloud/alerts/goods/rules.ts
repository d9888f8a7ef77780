import { isClimateRule, isGoodsRule } from '../../../shared/rule.ts'
import type { ClimateRule, GoodsRule } from '../../../shared/rules/of-goods.ts'
import type { AlertState } from '../state.ts'

/** Rules on goods that are in force on a site; none: its stock is not looked at. */
export function goodsRulesOn(state: AlertState, site: string): readonly GoodsRule[] {
  return goodsRules(state).get(site) ?? []
}

export function hasGoodsRules(state: AlertState): boolean {
  return goodsRules(state).size > 0
}

/** Rules in force on what goods went through, of every site. */
export function climateRules(state: AlertState): readonly ClimateRule[] {
  return [...goodsRules(state).values()].flat().filter(isClimateRule)
}

/** Rules that were made, or whose goods and places may count otherwise now: read from the ledger before the next tick. */
export function markUnread(state: AlertState, site: string, which: (rule: GoodsRule) => boolean = () => true): void {
  for (const rule of goodsRulesOn(state, site)) if (which(rule)) state.unread.put(rule.id, { site })
}

function goodsRules(state: AlertState): ReadonlyMap<string, readonly GoodsRule[]> {
  state.goodsRules ??= Map.groupBy(
    [...state.rules.all.values()].map(({ rule }) => rule).filter((rule) => isGoodsRule(rule) && rule.enabled),
    ({ site }) => site,
  ) as ReadonlyMap<string, readonly GoodsRule[]>
  return state.goodsRules
}

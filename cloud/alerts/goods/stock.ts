import type { StockRule } from '../../../shared/rules/of-goods.ts'
import { conditionKey } from '../concerning.ts'
import { begin, end, type Turning } from './due.ts'
import { fits, type KnownItem } from './scope.ts'

/** From where a change comes. Instants are Unix ms. */
export interface Came {
  readonly at: number
  /** It came late, then. */
  readonly heardAt?: number | undefined
  readonly isWithdrawn?: boolean
}

/** Under which an item counts; undefined: it does not. */
export function countedAs(rule: StockRule, item: KnownItem): string | undefined {
  if (!fits(rule.goods, item)) return undefined
  if (rule.each === 'sku') return item.sku ?? undefined
  return rule.zone ?? rule.site
}

/** So many items more, or fewer, of one subject. */
export function addStock(turning: Turning, rule: StockRule, subject: string, by: number, came: Came): void {
  const key = conditionKey(rule, rule.site, subject)
  setStock(turning, rule, subject, (turning.state.counts.get(key)?.count ?? 0) + by, came)
}

export function setStock(turning: Turning, rule: StockRule, subject: string, count: number, came: Came): void {
  const { state } = turning
  const key = conditionKey(rule, rule.site, subject)
  if (state.counts.get(key)?.count !== count) state.counts.put(key, { count })
  const level = levelOf(rule, count)
  const { at, heardAt, isWithdrawn } = came
  if (level === 'within') end(turning, key, at, isWithdrawn)
  if (level !== 'beyond' || state.dues.get(key) !== undefined) return
  const { id, site, zone = null, onDelayMs } = rule
  const due = { site, rule: id, subject, zone, sinceAt: at, dueAt: at + onDelayMs, value: count }
  begin(turning, key, { ...due, raised: false, ...(heardAt === undefined ? {} : { heardAt }) }, at)
}

/** Beyond the limit it begins, at the clear level it ends, between the two it stays as it is. */
export function levelOf(
  { direction, limit, clearAt }: Pick<StockRule, 'direction' | 'limit' | 'clearAt'>,
  count: number,
): 'beyond' | 'between' | 'within' {
  const isBeyond = direction === 'above' ? count > limit : count < limit
  if (isBeyond) return 'beyond'
  return (direction === 'above' ? count <= clearAt : count >= clearAt) ? 'within' : 'between'
}

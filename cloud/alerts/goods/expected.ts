import type { ExpectedRule } from '../../../shared/rules/of-goods.ts'
import { type GoodsState, keyOn, nameOn } from '../../goods/state.ts'
import type { Place } from '../../location/place.ts'
import { conditionKey } from '../concerning.ts'
import type { AlertState } from '../state.ts'
import { begin, end, type Turning } from './due.ts'
import { fits, fitsSku, isThere, type KnownItem } from './scope.ts'
import type { Came } from './stock.ts'

/** One SKU in one slot. */
export interface SlotPair {
  readonly slot: string
  readonly sku: string
}

/** As what an item counts where it lies; undefined: it lies in no slot, or the rule is not about it. */
export function pairOf(rule: ExpectedRule, item: KnownItem, place: Place | null): SlotPair | undefined {
  if (place === null || !isThere(rule, place) || place.slot === null || item.sku === null) return undefined
  return fits(rule.goods, item) ? { slot: place.slot, sku: item.sku } : undefined
}

/** An item is one more in a slot, or one fewer in another; within one slot it moved nowhere. */
export function movePair(
  turning: Turning,
  rule: ExpectedRule,
  was: SlotPair | undefined,
  is: SlotPair | undefined,
  came: Came,
): void {
  if (was?.slot === is?.slot && was?.sku === is?.sku) return
  if (was !== undefined) setPair(turning, rule, was, countOf(turning.state, rule, was) - 1, came)
  if (is !== undefined) setPair(turning, rule, is, countOf(turning.state, rule, is) + 1, came)
}

/** So many items of a SKU lie in a slot. `now`: what is due by then is raised at once. */
export function setPair(
  turning: Turning,
  rule: ExpectedRule,
  pair: SlotPair,
  count: number,
  { at, heardAt, isWithdrawn }: Came,
  now = at,
): void {
  const { state } = turning
  const key = keyOf(rule, pair)
  if (count === 0) state.counts.remove(key)
  else if (countOf(state, rule, pair) !== count) state.counts.put(key, { count })
  const value = differenceOf(state, rule, pair, count)
  const known = state.dues.get(key)
  if (value <= 0) end(turning, key, at, isWithdrawn)
  else if (known === undefined) {
    const { id, site, onDelayMs } = rule
    const times = { sinceAt: at, dueAt: at + onDelayMs, ...(heardAt === undefined ? {} : { heardAt }) }
    const zone = zoneOfSlot(state, site, pair.slot)
    begin(turning, key, { site, rule: id, subject: subjectOf(pair), zone, ...times, value, raised: false }, now)
  } else if (!known.raised && known.value !== value) state.dues.put(key, { ...known, value })
}

/** Every slot and SKU that a rule is about although nothing may lie there: what is expected, and what was counted. */
export function pairsOf(state: AlertState, rule: ExpectedRule): readonly SlotPair[] {
  const pairs: SlotPair[] = []
  for (const [key, slots] of state.goods.homes.all) {
    const sku = nameOn(rule.site, key)
    if (sku === undefined || !fitsSku(rule.goods, sku)) continue
    for (const slot of Object.keys(slots)) {
      if (rule.zone === undefined || zoneOfSlot(state, rule.site, slot) === rule.zone) pairs.push({ slot, sku })
    }
  }
  const prefix = conditionKey(rule, rule.site, '')
  const counted = [...state.counts.all.keys(), ...state.dues.all.keys()].filter((key) => key.startsWith(prefix))
  return [...pairs, ...counted.map((key) => pairIn(key.slice(prefix.length)))]
}

/** Slots have no blanks in their names, SKUs may have. */
export function subjectOf({ slot, sku }: SlotPair): string {
  return `${slot} ${sku}`
}

export function pairIn(subject: string): SlotPair {
  const at = subject.indexOf(' ')
  return { slot: subject.slice(0, at), sku: subject.slice(at + 1) }
}

/** How many are missing, or too many; a site that says of ten slots what is in them is not told of the others. */
function differenceOf(state: AlertState, rule: ExpectedRule, { slot, sku }: SlotPair, count: number): number {
  const homes = state.goods.homes.get(keyOn(rule.site, sku))
  const expected = homes?.[slot] ?? 0
  if (rule.differs === 'missing') return expected - count
  return homes !== undefined || slotsSpokenOf(state, rule.site).has(slot) ? count - expected : 0
}

function slotsSpokenOf(state: AlertState, site: string): ReadonlySet<string> {
  const known = state.slotsSpokenOf.get(site)
  if (known !== undefined) return known
  const made = slotsIn(state.goods, site)
  state.slotsSpokenOf.set(site, made)
  return made
}

function slotsIn(goods: GoodsState, site: string): ReadonlySet<string> {
  const slots = new Set<string>()
  for (const [key, homes] of goods.homes.all) {
    if (nameOn(site, key) !== undefined) for (const slot of Object.keys(homes)) slots.add(slot)
  }
  return slots
}

function countOf(state: AlertState, rule: ExpectedRule, pair: SlotPair): number {
  return state.counts.get(keyOf(rule, pair))?.count ?? 0
}

function keyOf(rule: ExpectedRule, pair: SlotPair): string {
  return conditionKey(rule, rule.site, subjectOf(pair))
}

function zoneOfSlot(state: AlertState, site: string, slot: string): string | null {
  const zones = state.slotZones.get(site) ?? {}
  return Object.hasOwn(zones, slot) ? (zones[slot] ?? null) : null
}

import { isClimateRule } from '../../../shared/rule.ts'
import type { GoodsRule } from '../../../shared/rules/of-goods.ts'
import type { Conclusions } from '../../inventory/conclusions.ts'
import { conditionKey } from '../concerning.ts'
import type { AlertState } from '../state.ts'
import { readPath, takePaths } from './climate/follow.ts'
import type { StoredPath } from './climate/path.ts'
import { begin, end, type StoredDue, type Turning } from './due.ts'
import { pairIn, pairOf, pairsOf, setPair, subjectOf } from './expected.ts'
import { dueOf } from './follow.ts'
import { enteredAt, heldAgainst, isItemRule, knownItem } from './item.ts'
import { goodsRulesOn } from './rules.ts'
import { fits, isThere, namedSkus } from './scope.ts'
import { countedAs, setStock } from './stock.ts'

/** What a rule that was just made finds, as of an offset of the journal. */
export interface Reading {
  readonly rule: GoodsRule
  /** subject → how many, of a rule on stock. */
  readonly counts: ReadonlyMap<string, number>
  readonly dues: ReadonlyMap<string, StoredDue>
  /** Key of the item → its way; of a rule on what goods went through. */
  readonly paths: ReadonlyMap<string, StoredPath>
}

/** Some 5 µs an item, and the intake shares the thread. */
const itemsAtATime = 2000

/** Reads where everything is, for rules that were not judged before; `pause` lets others have the thread in between. */
export async function readLedger(
  state: AlertState,
  conclusions: Conclusions,
  offset: number,
  pause: () => Promise<void>,
): Promise<readonly Reading[]> {
  const sites = new Set([...state.unread.all.values()].map(({ site }) => site))
  const rules = [...sites]
    .flatMap((site) => goodsRulesOn(state, site))
    .filter(({ id }) => state.unread.get(id) !== undefined)
  const readings = rules.map((rule) => ({
    ...{ rule, dues: new Map<string, StoredDue>(), paths: new Map<string, StoredPath>() },
    counts: new Map(subjectsOf(state, rule).map((subject) => [subject, 0])),
  }))
  for (let number = 1; number <= conclusions.items; number += 1) {
    if (number % itemsAtATime === 0) await pause()
    const [stop] = conclusions.trail(number, offset)
    const epc = conclusions.epcOf(number)
    if (stop === undefined || epc === undefined || stop.place === null || !sites.has(stop.place.site)) continue
    const item = knownItem(state, stop.place.site, epc)
    for (const { rule, counts, dues, paths } of readings) {
      if (!isThere(rule, stop.place)) continue
      if (isClimateRule(rule)) {
        const path = fits(rule.goods, item) ? readPath(state, conclusions, rule, item, offset) : undefined
        if (path !== undefined) paths.set(conditionKey(rule, rule.site, epc), path)
      } else if (rule.type === 'stock') {
        const subject = countedAs(rule, item)
        if (subject !== undefined) counts.set(subject, (counts.get(subject) ?? 0) + 1)
      } else if (rule.type === 'expected') {
        const pair = pairOf(rule, item, stop.place)
        if (pair !== undefined) counts.set(subjectOf(pair), (counts.get(subjectOf(pair)) ?? 0) + 1)
      } else if (isItemRule(rule)) {
        const held = heldAgainst(state, rule, item, stop, () => enteredAt(conclusions, rule, epc, offset))
        if (held === undefined) continue
        dues.set(conditionKey(rule, rule.site, epc), dueOf(rule, epc, stop.place.zone, held))
      }
    }
  }
  return readings
}

/** Takes a reading over. What rang and still holds goes on; what is found only now rings by the next tick. */
export function takeReading(turning: Turning, { rule, counts, dues, paths }: Reading, now: number): void {
  const { state } = turning
  state.unread.remove(rule.id)
  const came = { at: now, isWithdrawn: true }
  if (isClimateRule(rule)) takePaths(state, rule, paths)
  if (rule.type === 'expected') {
    const subjects = new Set([...counts.keys(), ...pairsOf(state, rule).map(subjectOf)])
    for (const subject of subjects) {
      setPair(turning, rule, pairIn(subject), counts.get(subject) ?? 0, came, Number.NEGATIVE_INFINITY)
    }
    return
  }
  if (rule.type === 'stock') {
    const prefix = conditionKey(rule, rule.site, '')
    const known = [...state.counts.all.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
    for (const subject of new Set([...known, ...counts.keys()])) {
      setStock(turning, rule, subject, counts.get(subject) ?? 0, came)
    }
    return
  }
  if (!isItemRule(rule)) return
  for (const [key, due] of [...state.dues.all]) if (due.rule === rule.id && !dues.has(key)) end(turning, key, now, true)
  for (const [key, due] of dues)
    if (state.dues.get(key) === undefined) begin(turning, key, due, Number.NEGATIVE_INFINITY)
}

/** Of what nothing is there, somebody has to be told as well. */
function subjectsOf(state: AlertState, rule: GoodsRule): readonly string[] {
  if (rule.type === 'expected') return pairsOf(state, rule).map(subjectOf)
  if (rule.type !== 'stock') return []
  return rule.each === 'all' ? [rule.zone ?? rule.site] : namedSkus(rule.goods)
}

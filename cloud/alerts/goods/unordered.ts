import { isKind } from '../../../shared/record.ts'
import type { LeavingRule } from '../../../shared/rules/of-goods.ts'
import { fold as foldGoods } from '../../goods/fold.ts'
import { matchingOn } from '../../goods/live.ts'
import type { Matching, Unordered } from '../../goods/matching.ts'
import type { GatewayEntry } from '../../journal/journal.ts'
import { conditionKey } from '../concerning.ts'
import { oldAfterMs } from '../judge-values.ts'
import { zoneOf } from '../sign-of.ts'
import type { AlertState } from '../state.ts'
import { begin, end, type Turning, tellPast } from './due.ts'
import { dueOf } from './follow.ts'
import { knownItem } from './item.ts'
import { goodsRulesOn } from './rules.ts'
import { fits } from './scope.ts'

/** What is later enters history, and raises nothing; so long it is remembered what was told. */
const toldForMs = 7 * 86_400_000
const hourMs = 3_600_000

/** How far the passages without an order of a site were looked at; made again after a start. */
export interface JudgedMatching {
  readonly matching: Matching
  readonly count: number
}

/** Passages, clocks, and scans of what is packed on what, for which passage belongs to which shipment. */
export function hearOfPassages(state: AlertState, entry: GatewayEntry): void {
  const isHeard = entry.records.some(
    (one) => one !== null && (isKind(one, 'passage') || isKind(one, 'clock') || isKind(one, 'scan')),
  )
  if (isHeard) foldGoods(state.goods, [entry], state.goodsChanged)
}

/**
 * What went out and no shipment expects, for rules that ask for it. Judged by ticks: an order that is announced, or a
 * label that is scanned, a moment after the passage answers for it, and so does one whose word comes late. Depends on what the
 * journal holds up to the tick, not on how it was bundled.
 */
export function judgeUnordered(turning: Turning, now: number): void {
  const { state } = turning
  const changed = new Set(state.goodsChanged.sites)
  state.goodsChanged.sites.clear()
  forgetOld(state, now)
  for (const site of sitesWithSuchRules(state)) {
    const before = state.judgedMatchings.get(site)
    if (before !== undefined && !changed.has(site)) continue
    const matching = matchingOn(state.goods, site)
    const { unordered } = matching
    const isSame = before?.matching === matching
    for (const rule of rulesOn(state, site)) {
      const fresh = isSame ? unordered.slice(before.count) : unordered
      if (!isSame) withdraw(turning, rule, unordered, now)
      for (const one of fresh) tell(turning, rule, one, now)
    }
    state.judgedMatchings.set(site, { matching, count: unordered.length })
  }
}

function tell(turning: Turning, rule: LeavingRule, { passage }: Unordered, now: number): void {
  const { state } = turning
  const { at, point, epc, shipment } = passage
  // Whoever scanned it for a shipment knows of it.
  if (shipment !== undefined || at < Math.max(state.rules.get(rule.id)?.since ?? 0, now - toldForMs)) return
  const readPoint = point.slice(point.indexOf('/') + 1)
  if (rule.readPoints !== undefined && !rule.readPoints.includes(readPoint)) return
  if (!fits(rule.goods, knownItem(state, rule.site, epc))) return
  const key = conditionKey(rule, rule.site, epc)
  const toldKey = `${key}/${point} ${at}`
  if (state.unordered.get(toldKey) !== undefined) return
  state.unordered.put(toldKey, { at })
  const times = { sinceAt: at, dueAt: at + rule.onDelayMs }
  const due = dueOf(rule, epc, zoneOf(state, rule.site, readPoint), times)
  if (now - at <= Math.max(oldAfterMs, rule.onDelayMs)) {
    begin(turning, key, { ...due, endsAt: due.dueAt + rule.quietMs }, now)
  } else if (state.dues.get(key) === undefined) tellPast(turning, key, due, due.dueAt)
}

/** What is expected after all. */
function withdraw(turning: Turning, rule: LeavingRule, unordered: readonly Unordered[], now: number): void {
  const still = new Set(unordered.map(({ passage }) => conditionKey(rule, rule.site, passage.epc)))
  for (const [key, due] of [...turning.state.dues.all]) {
    if (due.rule === rule.id && !still.has(key)) end(turning, key, now, true)
  }
}

function forgetOld(state: AlertState, now: number): void {
  if (Math.floor(state.toldTidiedAt / hourMs) === Math.floor(now / hourMs)) return
  state.toldTidiedAt = now
  for (const [key, { at }] of state.unordered.all) if (at < now - toldForMs) state.unordered.remove(key)
}

function rulesOn(state: AlertState, site: string): readonly LeavingRule[] {
  return goodsRulesOn(state, site).filter(
    (rule) => rule.type === 'leaving' && rule.only === 'unordered',
  ) as LeavingRule[]
}

function sitesWithSuchRules(state: AlertState): readonly string[] {
  const sites = [...state.rules.all.values()].map(({ rule }) => rule.site)
  return [...new Set(sites)].filter((site) => rulesOn(state, site).length > 0)
}

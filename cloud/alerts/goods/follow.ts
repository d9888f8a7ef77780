import { isClimateRule } from '../../../shared/rule.ts'
import type { GoodsRule, LeavingRule } from '../../../shared/rules/of-goods.ts'
import { fold as foldGoods } from '../../goods/fold.ts'
import type { Conclusions, LedgerStep } from '../../inventory/conclusions.ts'
import type { OwnEntry } from '../../journal/journal.ts'
import { isOwnKind } from '../../journal/own-record.ts'
import { conditionKey } from '../concerning.ts'
import { oldAfterMs } from '../judge-values.ts'
import { zoneOf } from '../sign-of.ts'
import { followPath } from './climate/follow.ts'
import { begin, end, type StoredDue, type Turning, tellPast } from './due.ts'
import { movePair, pairOf } from './expected.ts'
import { enteredAt, heldAgainst, type ItemRule, isItemRule, knownItem } from './item.ts'
import { goodsRulesOn, markUnread } from './rules.ts'
import { fits, isThere, type KnownItem } from './scope.ts'
import { addStock, type Came, countedAs } from './stock.ts'

/** Rules on goods, judged by what the stock concluded from one entry of the journal. */
export function followConclusions(turning: Turning, conclusions: Conclusions, rows: readonly LedgerStep[]): void {
  for (const row of rows) {
    const { before, after, to } = row
    for (const site of new Set([before?.site, after?.site, to?.site])) {
      if (site === undefined) continue
      const rules = goodsRulesOn(turning.state, site).filter(({ id }) => turning.state.unread.get(id) === undefined)
      if (rules.length === 0) continue
      const item = knownItem(turning.state, site, row.epc)
      for (const rule of rules) followRow(turning, conclusions, rule, item, row)
    }
  }
}

function followRow(
  turning: Turning,
  conclusions: Conclusions,
  rule: GoodsRule,
  item: KnownItem,
  row: LedgerStep,
): void {
  const { before, after } = row
  if (rule.type === 'leaving') leave(turning, rule, item, row)
  else if (isClimateRule(rule)) followPath(turning.state, conclusions, rule, item, row.offset)
  else if (before === after)
    return // it changed nothing of what holds now
  else if (rule.type === 'stock') {
    const by = Number(isThere(rule, after)) - Number(isThere(rule, before))
    const subject = by === 0 ? undefined : countedAs(rule, item)
    if (subject !== undefined) addStock(turning, rule, subject, by, cameOf(row))
  } else if (rule.type === 'expected') {
    movePair(turning, rule, pairOf(rule, item, before), pairOf(rule, item, after), cameOf(row))
  } else {
    const entered = () => (isThere(rule, before) ? enteredAt(conclusions, rule, row.epc, row.offset) : row.at)
    judgeItem(turning, rule, item, { place: after, at: row.at }, entered, cameOf(row))
  }
}

function judgeItem(
  turning: Turning,
  rule: ItemRule,
  item: KnownItem,
  stop: Parameters<typeof heldAgainst>[3],
  entered: () => number,
  { at, heardAt, isWithdrawn }: Came,
): void {
  const key = conditionKey(rule, rule.site, item.epc)
  const known = turning.state.dues.get(key)
  const held = heldAgainst(turning.state, rule, item, stop, entered)
  // From one wrong place to the next it goes on.
  const goesOn = known !== undefined && (rule.type === 'misplaced' || rule.type === 'held')
  if (held === undefined) end(turning, key, at, isWithdrawn)
  else if (!goesOn) begin(turning, key, { ...dueOf(rule, item.epc, stop.place?.zone ?? null, held), heardAt }, at)
}

/** What left is told once; what comes back, or had never gone, clears it. */
function leave(turning: Turning, rule: LeavingRule, item: KnownItem, row: LedgerStep): void {
  const { before, after, to, at, readPoint } = row
  const key = conditionKey(rule, rule.site, item.epc)
  const isBack = before !== after && after?.departed !== true
  if (rule.only === 'unordered') {
    // Who left so, goods/unordered.ts says. What comes late of the time before says nothing against it.
    if (isBack && at > (turning.state.dues.get(key)?.sinceAt ?? at)) end(turning, key, at, true)
    return
  }
  if (isBack) end(turning, key, at, true)
  if (to === null || !to.departed || to.site !== rule.site) return
  if (rule.readPoints !== undefined && !rule.readPoints.includes(readPoint)) return
  if (!fits(rule.goods, item) || !mustStay(rule, item, at)) return
  const times = { sinceAt: at, dueAt: at + rule.onDelayMs }
  const due = dueOf(rule, item.epc, zoneOf(turning.state, rule.site, readPoint), times)
  const isPresent = before !== after && cameOf(row).heardAt === undefined
  if (isPresent) begin(turning, key, { ...due, endsAt: due.dueAt + rule.quietMs }, at)
  else if (turning.state.dues.get(key) === undefined) tellPast(turning, key, due, due.dueAt)
}

function mustStay({ only }: LeavingRule, { fact }: KnownItem, at: number): boolean {
  if (only === 'all') return true
  if (only === 'held') return fact?.hold != null
  return fact?.expiresAt != null && fact.expiresAt <= at
}

export function dueOf(
  { id, site }: GoodsRule,
  subject: string,
  zone: string | null,
  times: { readonly sinceAt: number; readonly dueAt: number },
): StoredDue {
  return { site, rule: id, subject, zone, ...times, value: null, raised: false }
}

/** What people say of goods and places, of one entry of the cloud's own. */
export function hearOfGoods(turning: Turning, conclusions: Conclusions | undefined, entry: OwnEntry): void {
  const { state } = turning
  const { site } = entry
  const rules = site === undefined ? [] : goodsRulesOn(state, site)
  if (conclusions === undefined || site === undefined || rules.length === 0) {
    foldGoods(state.goods, [entry], state.goodsChanged)
    return
  }
  const epcs = entry.records.flatMap((record) => (isOwnKind(record, 'items') ? record.items.map(({ epc }) => epc) : []))
  const before = new Map([...new Set(epcs)].map((epc) => [epc, knownItem(state, site, epc)]))
  foldGoods(state.goods, [entry], state.goodsChanged)
  for (const [epc, item] of before) reconsider(turning, conclusions, entry, item, knownItem(state, site, epc))
  for (const record of entry.records) {
    if (isOwnKind(record, 'map')) markUnread(state, site)
    else if (isOwnKind(record, 'homes')) {
      state.slotsSpokenOf.delete(site)
      markUnread(state, site, ({ type }) => type === 'misplaced' || type === 'expected')
    }
  }
}

/** Other words about an item that stays where it is. */
function reconsider(
  turning: Turning,
  conclusions: Conclusions,
  { offset, recordedAt, site }: OwnEntry,
  before: KnownItem,
  item: KnownItem,
): void {
  const number = conclusions.itemOf(item.epc)
  if (number === undefined || site === undefined) return
  const [stop] = conclusions.trail(number, offset)
  if (stop === undefined) return
  const came: Came = { at: recordedAt, isWithdrawn: true }
  for (const rule of goodsRulesOn(turning.state, site)) {
    if (turning.state.unread.get(rule.id) !== undefined) continue
    if (rule.type === 'stock') {
      if (!isThere(rule, stop.place)) continue
      const [was, is] = [countedAs(rule, before), countedAs(rule, item)]
      if (was === is) continue
      if (was !== undefined) addStock(turning, rule, was, -1, came)
      if (is !== undefined) addStock(turning, rule, is, 1, came)
    } else if (rule.type === 'expected') {
      movePair(turning, rule, pairOf(rule, before, stop.place), pairOf(rule, item, stop.place), came)
    } else if (isClimateRule(rule)) followPath(turning.state, conclusions, rule, item, offset)
    else if (isItemRule(rule)) {
      const entered = () => enteredAt(conclusions, rule, item.epc, offset)
      judgeItem(turning, rule, item, { place: stop.place, at: recordedAt }, entered, came)
    }
  }
}

/** Age of what a row begins. */
function cameOf({ at, recordedAt, kind, isCorrection }: LedgerStep): Came {
  const isOld = recordedAt - at > oldAfterMs
  const came = {
    at,
    isWithdrawn: isCorrection || kind === 'corrected',
  }
  return isOld ? { ...came, heardAt: recordedAt } : came
}

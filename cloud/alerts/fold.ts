import type { z } from 'zod'
import { isKind, type Measurement } from '../../shared/record.ts'
import { isGoodsRule } from '../../shared/rule.ts'
import { type SiteMap, supersedes } from '../../shared/site-map.ts'
import type { Conclusions, LedgerStep } from '../inventory/conclusions.ts'
import type { GatewayEntry, JournalEntry, OwnEntry } from '../journal/journal.ts'
import { type AlertAct, isOwnKind } from '../journal/own-record.ts'
import { notAhead, stepOf } from '../journal/time-step.ts'
import { believedAheadMs, presentTime } from '../location/event-time.ts'
import { clearBuiltIn, raiseBuiltIn } from './built-in.ts'
import { knownSensor } from './concerning.ts'
import { passTime } from './deadlines.ts'
import { adoptSensors } from './goods/climate/follow.ts'
import { judgeClimate } from './goods/climate/judge.ts'
import { noteValue } from './goods/climate/parts.ts'
import { passDues } from './goods/due.ts'
import { followConclusions, hearOfGoods } from './goods/follow.ts'
import { hearOfPassages, judgeUnordered } from './goods/unordered.ts'
import { hearDevice, watchAntennas } from './hear-device.ts'
import { judgeTime, retire } from './judge.ts'
import { judgeClock, judgeGap, judgeSpool, passGaps } from './judge-gateway.ts'
import { judgeValues } from './judge-values.ts'
import { longestShelfMs } from './longest-shelf.ts'
import { assign, turn } from './raise.ts'
import { retireUnwatched } from './retire-unwatched.ts'
import { noteSign, signOf } from './sign-of.ts'
import { live, say, sayNext } from './silence.ts'
import type { AlertChanges, AlertState, Hash } from './state.ts'
import { edgeKey, passEdge, retireEdge, retireMoved, takeEdgeAlert } from './take-edge.ts'
import { witness } from './worst.ts'

/** What the stock concluded, for rules on goods. */
export interface Stock {
  readonly conclusions: Conclusions
  /** By the offset of the entry that they were drawn from. */
  readonly rows: ReadonlyMap<number, readonly LedgerStep[]>
}

/** Folds journal entries into the state, in place. Depends on nothing but its arguments. */
export function fold(
  state: AlertState,
  entries: readonly JournalEntry[],
  hash: Hash,
  changes: AlertChanges,
  stock?: Stock,
): void {
  const turning = { state, hash, changes }
  for (const entry of entries) {
    if (entry.origin === 'gateway') foldGateway(state, entry, hash, changes)
    else {
      hearOfGoods(turning, stock?.conclusions, entry)
      foldOwn(state, entry, hash, changes)
    }
    const rows = stock?.rows.get(entry.offset)
    if (stock !== undefined && rows !== undefined) followConclusions(turning, stock.conclusions, rows)
    const notices = changes.notices.splice(0)
    // A tick goes over maps whose order a restart changes, and a place in the feed is for life.
    if (entry.origin === 'cloud') notices.sort((a, b) => inOrder(a.alert.id, b.alert.id))
    for (const [number, notice] of notices.entries()) changes.feed.push({ offset: entry.offset, number, notice })
  }
}

function inOrder(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function foldGateway(state: AlertState, entry: GatewayEntry, hash: Hash, changes: AlertChanges): void {
  const { site, gateway, recordedAt } = entry
  const link = signOf(state, site, 'gateway', '', gateway)
  live(link, recordedAt)
  noteSign(state, link)
  hearOfPassages(state, entry)
  entry.records.forEach((record, index) => {
    if (record === null) return
    if (isKind(record, 'measurement')) {
      const at = presentTime(record, entry)
      if (at !== undefined) measure(state, entry, index, record, at, hash, changes)
    } else if (isKind(record, 'device')) {
      const at = presentTime(record, entry)
      if (at === undefined) return
      hearDevice(state, entry, record, at)
      if (record.spool === undefined || record.device !== gateway) return
      judgeSpool(state, { site, gateway, at, trigger: triggerOf(entry, index) }, record.spool, hash, changes)
    } else if (isKind(record, 'gap')) {
      judgeGap(state, { site, gateway, at: recordedAt, trigger: triggerOf(entry, index) }, record, hash, changes)
    } else if (isKind(record, 'clock')) {
      judgeClock(state, { site, gateway, at: recordedAt, trigger: triggerOf(entry, index) }, record, hash, changes)
    } else if (isKind(record, 'alert')) {
      takeEdgeAlert(state, entry, record, hash, changes)
    }
  })
}

/** Names a record for life, whenever and however often it is read. */
function triggerOf({ site, gateway, epoch, first }: GatewayEntry, index: number): string {
  return `${site}/${gateway}/${epoch}/${first + index}`
}

function measure(
  state: AlertState,
  entry: GatewayEntry,
  index: number,
  record: Measurement,
  at: number,
  hash: Hash,
  changes: AlertChanges,
): void {
  const { site, gateway, recordedAt } = entry
  const { signKey: key, sign, rules, onGateway, climate } = knownSensor(state, site, gateway, record.sensor)
  const newestAt = sign.signAt
  // What is older than the newest is history: it is no sign of life, and neither rings nor ends what rings now.
  if (at >= newestAt) {
    if (sign.said === 'unsaid' || sign.said === 'silent') {
      say(sign, 'up', at)
      state.signs.note(key)
    }
    live(sign, at)
    state.signs.touch(key, sign)
  }
  const celsius = record.values['temperature'] ?? undefined
  if (celsius !== undefined) for (const heard of climate) noteValue(state, heard.rule, heard.key, at, celsius)
  for (const rule of onGateway) {
    const value = record.values[rule.quantity]
    if (value === undefined || value === null) continue
    const alert = edgeKey({ site, gateway, rule: rule.id, subject: record.sensor })
    witness(state, alert, rule, { value, at }, changes)
  }
  if (rules.length === 0) return
  judgeValues(state, rules, { site, record, at, recordedAt, newestAt, trigger: triggerOf(entry, index) }, hash, changes)
}

function foldOwn(state: AlertState, entry: OwnEntry, hash: Hash, changes: AlertChanges): void {
  for (const record of entry.records) {
    if (isOwnKind(record, 'tick')) {
      const before = state.now
      tick(state, record.at)
      judgeTime(state, record.at, hash, changes)
      passGaps(state, record.at, changes)
      passEdge(state, record.at, hash, changes)
      judgeUnordered({ state, hash, changes }, record.at)
      judgeClimate({ state, hash, changes }, before, record.at)
      passDues({ state, hash, changes }, record.at)
      passTime(state, record.at, changes)
    } else if (isOwnKind(record, 'rule')) {
      state.rules.put(record.rule.id, { rule: record.rule, since: record.at })
      state.concerning.clear()
      // A changed limit is a new question: what the old one found is over, unless the next value finds it again.
      retire(state, record.rule.id, record.at, changes)
      retireEdge(state, record.rule.site, undefined, record.at, changes)
      changes.rules.add(record.rule.site)
      if (isGoodsRule(record.rule) && record.rule.enabled) state.unread.put(record.rule.id, { site: record.rule.site })
    } else if (isOwnKind(record, 'rule-removed')) {
      const removed = state.rules.get(record.rule)?.rule
      state.rules.remove(record.rule)
      state.concerning.clear()
      retire(state, record.rule, record.at, changes)
      if (removed === undefined) continue
      retireEdge(state, removed.site, removed.id, record.at, changes)
      changes.rules.add(removed.site)
    } else if (isOwnKind(record, 'alert-act')) {
      obey(state, record, changes)
    } else if (isOwnKind(record, 'maintenance')) {
      state.windows.put(record.window.id, record.window)
    } else if (isOwnKind(record, 'maintenance-ended')) {
      state.windows.remove(record.window)
    } else if (isOwnKind(record, 'fork')) {
      if (entry.site === undefined) continue
      const subject = { site: entry.site, subject: record.gateway, at: record.at }
      if (record.state === 'forked') raiseBuiltIn(state, 'gateway-forked', subject, hash, changes)
      else clearBuiltIn(state, 'gateway-forked', subject, changes)
    } else if (isOwnKind(record, 'series-budget') && entry.site !== undefined) {
      const subject = { site: entry.site, subject: 'series', at: record.at }
      if (record.state === 'full') raiseBuiltIn(state, 'series-budget', subject, hash, changes)
      else clearBuiltIn(state, 'series-budget', subject, changes)
    } else if (isOwnKind(record, 'started')) linksLost(state, record.at)
    else if (isOwnKind(record, 'map')) adopt(state, record.map, record.at, changes)
    else if (isOwnKind(record, 'projection')) {
      const { at, projection: subject } = record
      for (const site of state.zones.all.keys()) {
        if (record.state === 'stuck') raiseBuiltIn(state, 'projection-stuck', { site, subject, at }, hash, changes)
        else clearBuiltIn(state, 'projection-stuck', { site, subject, at }, changes)
      }
    } else if (isOwnKind(record, 'link') && entry.site !== undefined) {
      const sign = signOf(state, entry.site, 'gateway', '', record.gateway)
      sayNext(sign, record.state === 'online' ? 'up' : 'silent', record.at)
      noteSign(state, sign)
    }
  }
}

/** What a person did to an alert. Kept whatever came of it. */
function obey(state: AlertState, act: z.infer<typeof AlertAct>, changes: AlertChanges): void {
  changes.acts.push(act)
  const standing = [...state.open.all.values()].find(({ alert }) => alert.id === act.alert)
  if (standing === undefined || act.act === 'comment') return
  const { key, alert } = standing
  const { at, by } = act
  if (act.act === 'assign') assign(state, standing, act.to ?? null, changes)
  else if (act.act === 'clear') turn(state, key, 'dismiss', at, changes, { by })
  else if (act.act !== 'shelve') turn(state, key, act.act, at, changes, { by })
  else {
    const latest = at + longestShelfMs(state, alert.rule)
    if (act.until === undefined) turn(state, key, 'shelve-once', at, changes, { until: latest })
    else turn(state, key, 'shelve', at, changes, { until: Math.min(act.until, latest) })
  }
}

function linksLost(state: AlertState, at: number): void {
  for (const sign of state.signs.all.values()) {
    if (sign.of !== 'gateway' || sign.said !== 'up') continue
    sayNext(sign, 'silent', at)
    noteSign(state, sign)
  }
}

/** The newest tick is the time. After a step of the clock, timers begin anew: what lies between, nobody watched. */
function tick(state: AlertState, now: number): void {
  const step = stepOf(state.now, now)
  state.now = now
  if (step === 'on') return
  state.watchedFrom = now
  if (step === 'leap') return
  for (const sign of state.signs.all.values()) {
    // Only the cloud itself stamps what it says of gateways.
    const aheadMs = sign.of === 'gateway' ? 0 : believedAheadMs
    if (Math.max(sign.signAt, sign.saidAt) <= now + aheadMs) continue
    sign.signAt = notAhead(sign.signAt, now, aheadMs)
    sign.saidAt = notAhead(sign.saidAt, now, aheadMs)
    noteSign(state, sign)
  }
  for (const [key, watch] of state.watches.all) {
    if (watch.sinceAt === null || watch.sinceAt <= now + believedAheadMs) continue
    watch.sinceAt = now + believedAheadMs
    state.watches.note(key)
  }
  for (const [key, word] of state.edge.all) {
    if (word.at > now + believedAheadMs) state.edge.put(key, { ...word, at: now + believedAheadMs })
  }
}

/** Whom the silence rules watch, and where sensors hang. */
function adopt(state: AlertState, map: SiteMap, at: number, changes: AlertChanges): void {
  const { site } = map
  if (!supersedes(map, state.mapVersions.get(site))) return
  state.mapVersions.put(site, map.version)
  for (const sign of state.signs.all.values()) {
    if (sign.site !== site || !sign.watched) continue
    sign.watched = false
    noteSign(state, sign)
  }
  const watch = (of: 'gateway' | 'reader' | 'sensor', gateway: string, subject: string, zone: string | null): void => {
    const sign = signOf(state, site, of, of === 'gateway' ? '' : gateway, subject)
    sign.watched = true
    sign.zone = zone
    sign.gateway = of === 'gateway' ? '' : gateway
    if (sign.said === 'unsaid' && sign.saidAt === 0) sign.saidAt = at // from now on it is expected to speak
    noteSign(state, sign)
  }
  for (const sensor of map.sensors) {
    watch('sensor', sensor.gateway, sensor.id, sensor.zone)
    watch('gateway', '', sensor.gateway, null)
  }
  for (const point of map.readPoints) {
    watch('reader', point.gateway, point.device, point.zone)
    watch('gateway', '', point.gateway, null)
  }
  const places = [...map.sensors, ...map.readPoints].map(({ id, zone }) => [id, zone] as const)
  const before = new Set(Object.keys(state.zones.get(site) ?? {}))
  state.zones.put(site, Object.fromEntries(places))
  watchAntennas(state, site)
  state.slotZones.put(site, Object.fromEntries(map.slots.map(({ id, zone }) => [id, zone])))
  state.timeZones.put(site, map.timeZone)
  adoptSensors(state, map)
  state.concerning.clear()
  retireMoved(state, map, at, changes)
  retireUnwatched(state, site, before, at, changes)
}

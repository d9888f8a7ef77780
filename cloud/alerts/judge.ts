import type { Measurement } from '../../shared/record.ts'
import type { Rule, SilentRule, ThresholdRule } from '../../shared/rule.ts'
import { raise, turn } from './raise.ts'
import { signKey, zoneOf } from './sign-of.ts'
import { silentSince } from './silence.ts'
import type { AlertChanges, AlertState, Concerning, Hash, StoredSign } from './state.ts'
import { type Turn, unwatched, type Watch, watchTime, watchValue } from './threshold.ts'

/** The newest values of a sensor against the threshold rules that concern it (`rulesFor`). */
export function judgeValues(
  state: AlertState,
  concerning: readonly Concerning[],
  site: string,
  record: Measurement,
  at: number,
  trigger: string,
  hash: Hash,
  changes: AlertChanges,
): void {
  for (const { rule, key } of concerning) {
    const value = record.values[rule.quantity]
    if (value === undefined || value === null) continue
    const known = state.watches.get(key)
    const watch = known ?? unwatched()
    const { sinceAt, raised } = watch
    const turned = watchValue(watch, rule, at, value, trigger)
    if (watch.sinceAt !== sinceAt || watch.raised !== raised) keep(state, key, watch)
    obey(state, rule, key, site, record.sensor, watch, turned, at, hash, changes)
  }
}

/** What time alone decides: on-delays that ran out, and silence. */
export function judgeTime(state: AlertState, now: number, hash: Hash, changes: AlertChanges): void {
  for (const [key, watch] of state.watches.all) {
    if (watch.raised || watch.sinceAt === null) continue
    const [id = '', site = '', subject = ''] = key.split('/')
    const rule = state.rules.get(id)?.rule
    if (rule?.type !== 'threshold') continue
    const turned = watchTime(watch, rule, now, state.watchedFrom)
    if (turned !== undefined) state.watches.note(key)
    obey(state, rule, key, site, subject, watch, turned, now, hash, changes)
  }
  for (const { rule } of state.rules.all.values()) {
    if (rule.type !== 'silent' || !rule.enabled) continue
    for (const sign of state.signs.all.values()) {
      if (sign.watched && sign.of === rule.of && sign.site === rule.site) {
        judgeSilence(state, rule, sign, now, hash, changes)
      }
    }
  }
}

/** The rule changed or went: its conditions are forgotten, its alerts clear. */
export function retire(state: AlertState, rule: string, at: number, changes: AlertChanges): void {
  for (const key of [...state.watches.all.keys()]) if (key.startsWith(`${rule}/`)) state.watches.remove(key)
  for (const { key } of [...state.open.all.values()]) {
    if (key.startsWith(`${rule}/`)) turn(state, key, 'clear', at, changes)
  }
}

function judgeSilence(
  state: AlertState,
  rule: SilentRule,
  sign: StoredSign,
  now: number,
  hash: Hash,
  changes: AlertChanges,
): void {
  const key = `${conditionKey(rule, sign.site, sign.subject)}/${sign.gateway}`
  const known = state.watches.get(key)
  const since = silenceOf(state, rule, sign, now, known !== undefined)
  if (since === 'unknown') return
  if (since === undefined) {
    if (known === undefined) return
    state.watches.remove(key)
    turn(state, key, 'clear', Math.max(sign.signAt, sign.saidAt), changes)
    return
  }
  if (known !== undefined) return
  if (sign.said !== 'down' && now - Math.max(since, state.watchedFrom) < rule.afterMs) return
  state.watches.put(key, { sinceAt: since, trigger: String(since), value: 0, raised: true })
  const { site, subject, zone } = sign
  const at = sign.said === 'down' ? since : since + rule.afterMs
  const trigger = `${site}/${sign.gateway}/${since}`
  raise(state, { key, site, rule, ruleId: rule.id, subject, zone, value: null, at, trigger }, hash, changes)
}

/** unknown: the gateway behind it is away, which explains its silence; one alert for the gateway is enough. */
function silenceOf(
  state: AlertState,
  rule: SilentRule,
  sign: StoredSign,
  now: number,
  wasFound: boolean,
): number | undefined | 'unknown' {
  if (sign.of === 'gateway') return silentSince(sign, rule.afterMs, now, true, wasFound)
  const gateway = state.signs.get(signKey(sign.site, 'gateway', '', sign.gateway))
  if (gateway !== undefined && isAway(gateway)) return 'unknown'
  if (sign.of === 'reader') {
    // A reader with nothing in front of it reads nothing: only what is said of it counts.
    return sign.said === 'unsaid' ? undefined : silentSince(sign, rule.afterMs, now, true, wasFound)
  }
  // After an outage the sensor gets its time again before its silence is its own.
  const back = gateway?.said === 'up' ? gateway.saidAt : 0
  return silentSince({ ...sign, signAt: Math.max(sign.signAt, back) }, rule.afterMs, now, false)
}

function isAway(gateway: StoredSign): boolean {
  return gateway.said === 'silent' && gateway.saidAt >= gateway.signAt
}

function obey(
  state: AlertState,
  rule: ThresholdRule,
  key: string,
  site: string,
  subject: string,
  watch: Watch,
  turned: Turn,
  at: number,
  hash: Hash,
  changes: AlertChanges,
): void {
  if (turned === 'clear') turn(state, key, 'clear', at, changes)
  if (turned !== 'raise' || watch.sinceAt === null) return
  const zone = zoneOf(state, site, subject)
  const { value, trigger } = watch
  const raisedAt = watch.sinceAt + rule.onDelayMs
  raise(state, { key, site, rule, ruleId: rule.id, subject, zone, value, at: raisedAt, trigger }, hash, changes)
}

function keep(state: AlertState, key: string, watch: Watch): void {
  if (watch.sinceAt === null) state.watches.remove(key)
  else state.watches.put(key, watch)
}

/** The threshold rules that concern a sensor by the rules and the map in force; looked up once for each sensor. */
export function rulesFor(state: AlertState, site: string, sensor: string): readonly Concerning[] {
  const ofSite = state.concerning.get(site) ?? new Map<string, readonly Concerning[]>()
  state.concerning.set(site, ofSite)
  const known = ofSite.get(sensor)
  if (known !== undefined) return known
  const zone = zoneOf(state, site, sensor)
  const concerning: Concerning[] = []
  for (const { rule } of state.rules.all.values()) {
    if (rule.type === 'threshold' && rule.enabled && rule.site === site && concerns(rule, sensor, zone)) {
      concerning.push({ rule, key: conditionKey(rule, site, sensor) })
    }
  }
  ofSite.set(sensor, concerning)
  return concerning
}

function concerns(rule: ThresholdRule, sensor: string, zone: string | null): boolean {
  if (rule.sensors !== undefined && !rule.sensors.includes(sensor)) return false
  return rule.zone === undefined || rule.zone === zone
}

function conditionKey(rule: Rule, site: string, subject: string): string {
  return `${rule.id}/${site}/${subject}`
}

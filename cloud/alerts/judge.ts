import { isValueRule, isWatched } from '../../shared/rule.ts'
import type { SilentRule } from '../../shared/rules/of-devices.ts'
import { watchTime } from '../../shared/rules/watch.ts'
import { conditionKey } from './concerning.ts'
import { forget } from './goods/due.ts'
import { readerOfAntenna } from './hear-device.ts'
import { obeyWatch } from './judge-values.ts'
import { backlogQuietMs, endPast } from './past.ts'
import { raise, turn } from './raise.ts'
import { signKey } from './sign-of.ts'
import { silentSince } from './silence.ts'
import type { AlertChanges, AlertState, Hash, StoredSign } from './state.ts'
import { leaveWorst } from './worst.ts'

/** What time alone decides: on-delays that ran out, and silence. */
export function judgeTime(state: AlertState, now: number, hash: Hash, changes: AlertChanges): void {
  endBacklogs(state, now, hash, changes)
  for (const [key, watch] of state.watches.all) {
    if (watch.sinceAt === null || (watch.raised && watch.withinAt === undefined)) continue
    const [id = '', site = '', subject = ''] = key.split('/')
    const rule = state.rules.get(id)?.rule
    if (rule === undefined || !isWatched(rule)) continue
    const turned = watchTime(watch, rule, now, state.watchedFrom)
    if (turned === undefined) continue
    if (watch.sinceAt === null && watch.memory === undefined) state.watches.remove(key)
    else state.watches.note(key)
    obeyWatch(state, { rule, key }, site, subject, watch, turned, now, hash, changes)
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

/**
 * Backlogs that are told to their end. What still held with the newest value of the sensor is the present from here on,
 * and may ring; what held when something newer was known already was over by then.
 */
function endBacklogs(state: AlertState, now: number, hash: Hash, changes: AlertChanges): void {
  for (const [key, past] of [...state.pasts.all]) {
    const quietMs = now - past.heardAt
    if (quietMs >= 0 && quietMs < backlogQuietMs) continue
    state.pasts.remove(key)
    const [id = '', site = '', subject = ''] = key.split('/')
    const rule = state.rules.get(id)?.rule
    if (rule === undefined || !isValueRule(rule)) continue
    if (state.signs.get(signKey(site, 'sensor', '', subject))?.signAt !== past.knownAt) {
      endPast(state, { rule, key }, past, past.knownAt, hash, changes)
    } else if (past.sinceAt !== null || past.memory !== undefined) {
      const { knownAt: _known, heardAt: _heard, ...watch } = past
      state.watches.put(key, past.sinceAt === null ? watch : { ...watch, wasLate: true })
    }
  }
}

/** The rule changed or went: its conditions are forgotten, its alerts clear. */
export function retire(state: AlertState, rule: string, at: number, changes: AlertChanges): void {
  state.goodsRules = undefined
  forget(state, rule)
  for (const key of [...state.watches.all.keys()]) if (key.startsWith(`${rule}/`)) state.watches.remove(key)
  for (const key of [...state.pasts.all.keys()]) if (key.startsWith(`${rule}/`)) state.pasts.remove(key)
  for (const { key } of [...state.open.all.values()]) {
    if (key.startsWith(`${rule}/`)) turn(state, key, 'clear', at, changes)
  }
  leaveWorst(state, rule)
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

/** unknown: the gateway or reader behind it is away, which explains its silence; one alert for that is enough. */
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
  if (sign.of === 'antenna') {
    const reader = readerOfAntenna(state, sign.site, sign.gateway, sign.subject)
    if (reader === undefined || reader.said === 'silent' || reader.said === 'down') return 'unknown'
  }
  if (sign.of !== 'sensor') {
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

import type { ClockFinding, DeviceState, Gap } from '../../shared/record.ts'
import type { Rule } from '../../shared/rule.ts'
import { threshold } from '../../shared/rules/threshold.ts'
import { unwatched, watchLevel } from '../../shared/rules/watch.ts'
import { worseOf } from '../../shared/rules/worst.ts'
import { conditionKey } from './concerning.ts'
import { obeyWatch } from './judge-values.ts'
import { raise, turn } from './raise.ts'
import type { AlertChanges, AlertState, Hash } from './state.ts'
import { witness } from './worst.ts'

export interface Word {
  readonly site: string
  readonly gateway: string
  /** When the cloud took it down: news, however old what it tells of is. */
  readonly at: number
  readonly trigger: string
}

/** A gateway had to give records up. */
export function judgeGap(state: AlertState, word: Word, gap: Gap, hash: Hash, changes: AlertChanges): void {
  for (const rule of rulesOf(state, word.site, 'gap')) {
    if (gap.count >= rule.atLeast) find(state, rule, word, gap.count, hash, changes)
  }
}

/** A gateway found out how wrong its clock is. An estimate of a boot that is over says nothing of the present one. */
export function judgeClock(
  state: AlertState,
  word: Word,
  { offsetMs, synced, estimated }: ClockFinding,
  hash: Hash,
  changes: AlertChanges,
): void {
  if (!synced || estimated === true) return
  for (const rule of rulesOf(state, word.site, 'clock')) {
    if (Math.abs(offsetMs) > rule.limitMs) find(state, rule, word, offsetMs, hash, changes)
    else lose(state, conditionKey(rule, word.site, word.gateway), word.at, changes)
  }
}

/**
 * A gateway says how full its spool is. `word.at` is event time: after an outage the newest word comes first, and the
 * older ones behind it say nothing of the present.
 */
export function judgeSpool(
  state: AlertState,
  word: Word,
  { waitingBytes, boundBytes }: NonNullable<DeviceState['spool']>,
  hash: Hash,
  changes: AlertChanges,
): void {
  const { site, gateway, at, trigger } = word
  const percent = Math.round((1000 * waitingBytes) / boundBytes) / 10
  for (const rule of rulesOf(state, site, 'spool')) {
    const key = conditionKey(rule, site, gateway)
    const watch = state.watches.get(key) ?? unwatched()
    const one = { value: percent, at }
    if (at < (watch.memory?.[0] ?? 0)) {
      witness(state, key, rule, one, changes)
      continue
    }
    watch.memory = [at]
    const level = threshold({ direction: 'above', limit: rule.limitPercent, clearAt: rule.clearAtPercent }, percent)
    const wasRaised = watch.raised
    const turned = watchLevel(watch, rule, at, percent, level, trigger)
    if (watch.sinceAt !== null && !wasRaised) watch.worst = worseOf(rule, watch.worst, one)
    if (turned === undefined && watch.raised) witness(state, key, rule, one, changes)
    state.watches.put(key, watch)
    obeyWatch(state, { rule, key }, site, gateway, watch, turned, at, hash, changes)
  }
}

/** Gateways that have given nothing up for long enough. */
export function passGaps(state: AlertState, now: number, changes: AlertChanges): void {
  for (const { rule } of state.rules.all.values()) {
    if (rule.type !== 'gap') continue
    for (const [key, { sinceAt }] of state.watches.all) {
      if (!key.startsWith(`${rule.id}/`) || sinceAt === null) continue
      if (now - Math.max(sinceAt, state.watchedFrom) >= rule.quietMs) lose(state, key, now, changes)
    }
  }
}

function find(state: AlertState, rule: Rule, word: Word, value: number, hash: Hash, changes: AlertChanges): void {
  const { site, gateway: subject, at, trigger } = word
  const key = conditionKey(rule, site, subject)
  state.watches.put(key, { sinceAt: at, trigger, value, raised: true })
  raise(state, { key, site, rule, ruleId: rule.id, subject, zone: null, value, at, trigger }, hash, changes)
}

function lose(state: AlertState, key: string, at: number, changes: AlertChanges): void {
  if (state.watches.get(key) === undefined) return
  state.watches.remove(key)
  turn(state, key, 'clear', at, changes)
}

function rulesOf<Type extends Rule['type']>(state: AlertState, site: string, type: Type) {
  return [...state.rules.all.values()]
    .map(({ rule }) => rule)
    .filter((rule): rule is Extract<Rule, { type: Type }> => rule.type === type && rule.enabled && rule.site === site)
}

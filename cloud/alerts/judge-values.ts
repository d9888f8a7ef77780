import type { Measurement } from '../../shared/record.ts'
import type { SpoolRule } from '../../shared/rules/of-devices.ts'
import type { ValueRule } from '../../shared/rules/of-values.ts'
import { type Turn, unwatched, type Watch, watchLevel } from '../../shared/rules/watch.ts'
import { worseOf } from '../../shared/rules/worst.ts'
import type { Concerning } from './concerning.ts'
import { levelOf } from './level-of.ts'
import { endPast, learnPast } from './past.ts'
import { raise, turn } from './raise.ts'
import { zoneOf } from './sign-of.ts'
import type { AlertChanges, AlertState, Hash, StoredPast } from './state.ts'
import { witness } from './worst.ts'

/** So old that it tells of the past, though nothing newer is known. */
export const oldAfterMs = 5 * 60_000

export interface Heard {
  readonly site: string
  readonly record: Measurement
  /** Event time. */
  readonly at: number
  readonly recordedAt: number
  /** Event time of the newest measurement of this sensor before this one. */
  readonly newestAt: number
  readonly trigger: string
}

/** A measurement of a sensor against the rules on values that concern it. */
export function judgeValues(
  state: AlertState,
  rules: readonly Concerning[],
  heard: Heard,
  hash: Hash,
  changes: AlertChanges,
): void {
  const { site, record, at, recordedAt, newestAt, trigger } = heard
  const isOld = recordedAt - at > oldAfterMs
  for (const concerning of rules) {
    const { rule, key } = concerning
    const value = record.values[rule.quantity]
    if (value === undefined || value === null) continue
    if (at < newestAt) {
      remember(state, concerning, at, value, changes)
      learnPast(state, concerning, heard, value, hash, changes)
      continue
    }
    let known = state.watches.get(key)
    if (isOld && known?.raised !== true) {
      if (known !== undefined) {
        state.pasts.put(key, { ...known, knownAt: newestAt, heardAt: recordedAt })
        state.watches.remove(key)
      }
      learnPast(state, concerning, heard, value, hash, changes)
      continue
    }
    const past = state.pasts.all.size === 0 ? undefined : state.pasts.get(key)
    if (past !== undefined && past.knownAt === newestAt) {
      // What late data began and this value follows on is one with the present.
      const { knownAt: _known, heardAt: _heard, ...watch }: StoredPast = past
      const level = levelOf(state.watches, concerning, { ...watch, memory: watch.memory?.slice() }, at, value)
      if (level === 'within') endPast(state, concerning, past, at, hash, changes)
      known = level === 'within' ? { ...unwatched(), memory: watch.memory } : watch
      if (known.sinceAt !== null) known.wasLate = true
      state.pasts.remove(key)
      state.watches.put(key, known)
    }
    const watch = known ?? unwatched()
    const { sinceAt, raised, withinAt } = watch
    const turned = watchLevel(watch, rule, at, value, levelOf(state.watches, concerning, watch, at, value), trigger)
    if (watch.sinceAt !== null && !raised) watch.worst = worseOf(rule, watch.worst, { value, at })
    if (watch.sinceAt === null && watch.memory === undefined) {
      if (known !== undefined) state.watches.remove(key)
    } else if (known === undefined) state.watches.put(key, watch)
    else if (watch.memory !== undefined || watch.sinceAt !== sinceAt) state.watches.note(key)
    // Until it is raised: what it rings with must outlive a restart.
    else if (!raised || !watch.raised || watch.withinAt !== withinAt) state.watches.note(key)
    if (turned === undefined && watch.raised) witness(state, key, rule, { value, at }, changes)
    else if (turned !== undefined) obeyWatch(state, concerning, site, record.sensor, watch, turned, at, hash, changes)
  }
}

/** What came late tells how bad it was all the same, of what waits for its on-delay and of what rang. */
function remember(
  state: AlertState,
  { rule, key }: Concerning,
  at: number,
  value: number,
  changes: AlertChanges,
): void {
  witness(state, key, rule, { value, at }, changes)
  const watch = state.watches.get(key)
  if (watch === undefined || watch.raised || watch.sinceAt === null || at < watch.sinceAt) return
  const worst = worseOf(rule, watch.worst, { value, at })
  if (worst === watch.worst) return
  watch.worst = worst
  state.watches.note(key)
}

/** Raises or clears what a watch found. */
export function obeyWatch(
  state: AlertState,
  { rule, key }: { readonly rule: ValueRule | SpoolRule; readonly key: string },
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
  const { value, trigger, worst } = watch
  const raisedAt = watch.sinceAt + rule.onDelayMs
  const cause = { key, site, rule, ruleId: rule.id, subject, zone, value, worst, at: raisedAt, trigger }
  raise(state, watch.wasLate === true ? { ...cause, ringsAt: Math.max(raisedAt, at) } : cause, hash, changes)
}

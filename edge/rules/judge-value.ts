import type { GatewayValueRule } from '../../shared/gateway-rule.ts'
import type { Measurement } from '../../shared/record.ts'
import { band } from '../../shared/rules/band.ts'
import { threshold } from '../../shared/rules/threshold.ts'
import { type Turn, unwatched, watchLevel, watchTime } from '../../shared/rules/watch.ts'
import { worseOf } from '../../shared/rules/worst.ts'
import { markOf } from '../clock/stamp.ts'
import type { KeptWatch, RulesState, TellAlert } from './state.ts'

/** A measurement, as it goes to the spool, against the rules that name its sensor. What came late is history. */
export function judgeValue(state: RulesState, record: Measurement, tell: TellAlert): void {
  for (const rule of state.bySensor.get(record.sensor) ?? []) {
    const value = record.values[rule.quantity]
    if (value === undefined || value === null) continue
    const key = `${rule.id}/${record.sensor}`
    const known = state.watches.get(key)
    if (known !== undefined && record.at < known.newestAt) continue
    const level = rule.type === 'band' ? band(rule, value) : threshold(rule, value)
    const watch: KeptWatch = known ?? { ...unwatched(), newestAt: record.at }
    const before = { ...watch }
    watch.newestAt = record.at
    if (record.unsynced === true && record.boot !== undefined) watch.boot = record.boot
    else delete watch.boot
    if (known === undefined) {
      state.watches.set(key, watch)
      state.isChanged = true
      // A gateway that begins to judge says where it stands: whatever was raised before it forgot is over.
      if (level !== 'beyond') {
        const { at, sensor: subject } = record
        tell({ kind: 'alert', at, rule: rule.id, subject, state: 'cleared', ...markOf(watch.boot) }, rule.outputs)
      }
    }
    const turned = watchLevel(watch, rule, record.at, value, level, '')
    if (watch.sinceAt !== null) watch.worst = worseOf(rule, watch.worst, { value, at: record.at })
    obey(state, rule, key, watch, turned, record.at, tell)
    // The newest value alone is no reason to write: after a restart the next one takes its place. Nor is the worst: the
    // cloud hears the same values.
    if (watch.sinceAt !== before.sinceAt || watch.raised !== before.raised || watch.withinAt !== before.withinAt)
      state.isChanged = true
  }
}

/** What time alone decides: delays that ran out at `now`. */
export function judgeValuesAt(state: RulesState, now: number, tell: TellAlert): void {
  for (const [key, watch] of state.watches) {
    if (watch.sinceAt === null || (watch.raised && watch.withinAt === undefined)) continue
    const rule = state.rules.get(key.slice(0, key.indexOf('/')))
    if (rule === undefined || rule.type === 'gate-hold') continue
    const turned = watchTime(watch, rule, now)
    if (turned === undefined) continue
    obey(state, rule, key, watch, turned, now, tell)
    state.isChanged = true
  }
}

/** The line of time changed: what is older and what is newer cannot be compared, so delays begin anew. */
export function stepValues(state: RulesState): void {
  for (const watch of state.watches.values()) {
    watch.newestAt = 0
    delete watch.withinAt
    if (!watch.raised) watch.sinceAt = null
  }
  state.isChanged = true
}

function obey(
  state: RulesState,
  rule: GatewayValueRule,
  key: string,
  watch: KeptWatch,
  turned: Turn,
  at: number,
  tell: TellAlert,
): void {
  if (turned === 'clear') clearWatch(state, key, watch, at, rule.outputs, tell)
  if (turned !== 'raise' || watch.sinceAt === null) return
  watch.raisedAt = watch.sinceAt + rule.onDelayMs
  watch.raisedValue = watch.value
  const { raisedAt, value, worst, boot } = watch
  const subject = key.slice(rule.id.length + 1)
  const told = { at: raisedAt, rule: rule.id, subject, value, ...(worst && { worst }), ...markOf(boot) }
  tell({ kind: 'alert', state: 'raised', ...told }, rule.outputs)
}

/** Says that what was raised is over; nothing, if nothing was. */
export function clearWatch(
  state: RulesState,
  key: string,
  watch: KeptWatch,
  at: number,
  outputs: readonly string[],
  tell: TellAlert,
): void {
  const { raisedAt, raisedValue, worst, boot } = watch
  if (raisedAt === undefined) return
  delete watch.raisedAt
  delete watch.raisedValue
  state.isChanged = true
  const [rule = '', subject = ''] = key.split('/')
  const value = raisedValue === undefined ? {} : { value: raisedValue }
  const told = { at, rule, subject, raisedAt, ...value, ...(worst && { worst }), ...markOf(boot) }
  tell({ kind: 'alert', state: 'cleared', ...told }, outputs)
}

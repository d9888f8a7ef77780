import { type Alert, iso } from '../../shared/api.ts'
import { isClimateRule, isWatched, type Rule } from '../../shared/rule.ts'
import { type LimitRule, type Worst, worseOf } from '../../shared/rules/worst.ts'
import type { BuiltIn } from './built-in.ts'
import type { AlertChanges, AlertState } from './state.ts'

/**
 * A value that was measured while an alert stood, whenever it came: it is kept if it is the worst so far. So what a cut link
 * held back counts too, also when the alert is over by then. It calls nobody: the alert rings already, or is over.
 */
export function witness(
  state: AlertState,
  key: string,
  rule: Rule | BuiltIn | undefined,
  one: Worst,
  changes: AlertChanges,
): void {
  const open = state.open.get(key)
  if (open !== undefined && open.isOfOldRule !== true) {
    const alert = witnessed(open.alert, rule, one)
    if (alert !== open.alert) {
      state.open.put(key, { ...open, alert })
      changes.alerts.set(alert.id, alert)
      return
    }
  }
  const ended = state.ended.get(key)
  if (ended === undefined) return
  const alert = witnessed(ended, rule, one)
  if (alert === ended) return
  state.ended.put(key, alert)
  changes.alerts.set(alert.id, alert)
}

/** The rule changed or went: what it found keeps what is known of it, and later values are held against the new one. */
export function leaveWorst(state: AlertState, rule: string): void {
  for (const [key, open] of [...state.open.all]) {
    if (key.startsWith(`${rule}/`)) state.open.put(key, { ...open, isOfOldRule: true })
  }
  for (const [key, ended] of [...state.ended.all]) if (ended.rule === rule) state.ended.remove(key)
}

/** The alert as it is with one more value; the same object, if that says nothing new of it. */
export function witnessed(alert: Alert, rule: Rule | BuiltIn | undefined, one: Worst): Alert {
  if (!isLimitRule(rule)) return alert
  const onDelayMs = 'onDelayMs' in rule ? rule.onDelayMs : 0
  // The excursion began before it rang, and what it reached by then belongs to it.
  if (one.at < Date.parse(alert.raisedAt) - onDelayMs) return alert
  if (alert.clearedAt !== null && one.at > Date.parse(alert.clearedAt)) return alert
  const known = alert.worst === null ? undefined : { value: alert.worst.value, at: Date.parse(alert.worst.at) }
  const worst = worseOf(rule, known, one)
  return worst === known ? alert : { ...alert, worst: textOfWorst(worst) }
}

export function textOfWorst(worst: Worst | undefined): Alert['worst'] {
  return worst === undefined ? null : { value: worst.value, at: iso(worst.at) }
}

function isLimitRule(rule: Rule | BuiltIn | undefined): rule is Rule & LimitRule {
  return rule !== undefined && 'type' in rule && (isWatched(rule) || isClimateRule(rule))
}

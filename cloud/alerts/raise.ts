import { type Alert, iso } from '../../shared/api.ts'
import type { Rule } from '../../shared/rule.ts'
import type { BuiltIn } from './built-in.ts'
import { type LifeEvent, next } from './life-cycle.ts'
import type { AlertChanges, AlertState, Hash } from './state.ts'

export interface Cause {
  /** Under which the condition finds its alert again: rule, site and subject. */
  readonly key: string
  readonly site: string
  /** undefined: a rule of the gateway, unknown here. */
  readonly rule: Rule | BuiltIn | undefined
  readonly ruleId: string
  readonly subject: string
  readonly zone: string | null
  readonly value: number | null
  readonly at: number
  /** Identity of the record that triggered it. */
  readonly trigger: string
}

/** Severity of an alert whose rule is known to the gateway alone. */
const edgeSeverity = 3

/**
 * Raises an alert, or brings the one that nobody has acknowledged yet back. Its id is a hash of rule, subject and
 * triggering record, so that replay and rebuild give the same alert.
 */
export function raise(state: AlertState, cause: Cause, hash: Hash, changes: AlertChanges): void {
  const standing = state.open.get(cause.key)
  if (standing !== undefined) {
    turn(state, cause.key, 'raise', cause.at, undefined, changes, cause.value)
    return
  }
  const { rule } = cause
  const alert: Alert = {
    id: hash([cause.ruleId, cause.subject, cause.trigger].join('\n')),
    site: cause.site,
    rule: cause.ruleId,
    name: rule?.name ?? cause.ruleId,
    severity: rule?.severity ?? edgeSeverity,
    subject: cause.subject,
    zone: cause.zone,
    state: 'active',
    raisedAt: iso(cause.at),
    clearedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    value: cause.value,
    quantity: rule !== undefined && 'quantity' in rule ? rule.quantity : null,
    whatToDo: rule?.whatToDo ?? '',
  }
  state.open.put(cause.key, { key: cause.key, alert })
  changes.alerts.set(alert.id, alert)
}

/** Lets an event happen to the alert under `key`. Returns whether it changed. */
export function turn(
  state: AlertState,
  key: string,
  event: LifeEvent,
  at: number,
  by: string | undefined,
  changes: AlertChanges,
  value?: number | null,
): boolean {
  const standing = state.open.get(key)
  if (standing === undefined) return false
  const before = standing.alert
  const after = next(before.state, event)
  if (after === before.state) return false
  const alert: Alert = { ...before, state: after }
  if (event === 'raise') {
    alert.clearedAt = null
    alert.value = value ?? before.value
  }
  if (event === 'clear') alert.clearedAt = iso(at)
  if (event === 'dismiss' && before.clearedAt === null) alert.clearedAt = iso(at)
  if ((event === 'acknowledge' || event === 'dismiss') && before.acknowledgedAt === null) {
    alert.acknowledgedAt = iso(at)
    alert.acknowledgedBy = by ?? null
  }
  if (after === 'normal') state.open.remove(key)
  else state.open.put(key, { key, alert })
  changes.alerts.set(alert.id, alert)
  return true
}

import { type Alert, iso } from '../../shared/api.ts'
import type { Rule } from '../../shared/rule.ts'
import type { Worst } from '../../shared/rules/worst.ts'
import type { BuiltIn } from './built-in.ts'
import { isSilenced, type Life, type LifeEvent, next, rings, unraised } from './life-cycle.ts'
import { planAt } from './plan.ts'
import type { AlertChanges, AlertState, Hash, OpenAlert } from './state.ts'
import { textOfWorst, witnessed } from './worst.ts'

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
  /** The worst of the condition so far. */
  readonly worst?: Worst | undefined
  readonly at: number
  /** When it begins to ring, if that is later: it was found in late data, and still holds. */
  readonly ringsAt?: number
  /** Identity of the record that triggered it. */
  readonly trigger: string
  /** The gateway that decided it, if one did. */
  readonly gateway?: string
  /** So many items it stands for. */
  readonly items?: number | undefined
}

/** Severity of an alert whose rule is known to the gateway alone. */
const edgeSeverity = 3

/**
 * Raises an alert, or brings the one that nobody has acknowledged yet back. Its id is a hash of rule, subject and
 * triggering record, so that replay and rebuild give the same alert. What is silent by plan is raised and does not ring.
 */
export function raise(state: AlertState, cause: Cause, hash: Hash, changes: AlertChanges): void {
  const known = state.open.get(cause.key)
  if (known !== undefined) {
    turn(state, cause.key, 'raise', cause.at, changes, { ...cause, worst: cause.worst && [cause.rule, cause.worst] })
    return
  }
  const open: OpenAlert = {
    key: cause.key,
    alert: alertOf(cause, hash),
    shelf: 'none',
    shelvedUntil: null,
    plan: 'none',
    plannedUntil: null,
    unseenMs: 0,
  }
  const planned = planFor(state, open.alert, Math.max(state.now, cause.at))
  open.plannedUntil = planned.until
  const before: Life = { ...unraised, isLatching: open.alert.isLatching, plan: planned.plan }
  settle(state, open, before, next(before, 'raise'), cause.ringsAt ?? cause.at, changes)
}

/** Keeps what was over before anybody could have been called: in the history and in reports, with its true times. */
export function raisePast(cause: Cause, clearedAt: number, hash: Hash, changes: AlertChanges): void {
  const alert: Alert = { ...alertOf(cause, hash), state: 'normal', clearedAt: iso(clearedAt), isPast: true }
  changes.alerts.set(alert.id, alert)
}

function alertOf(cause: Cause, hash: Hash): Alert {
  const { rule } = cause
  return {
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
    worst: textOfWorst(cause.worst),
    quantity: quantityOf(rule),
    whatToDo: rule?.whatToDo ?? '',
    silence: null,
    silencedUntil: null,
    isLatching: rule !== undefined && 'latching' in rule && rule.latching === true,
    assignedTo: null,
    rangAt: null,
    times: 1,
    escalation: 0,
    ...(cause.gateway === undefined ? {} : { gateway: cause.gateway }),
    ...(cause.items === undefined ? {} : { items: cause.items }),
  }
}

/** Of its value; null: a plain number. */
function quantityOf(rule: Cause['rule']): string | null {
  if (rule === undefined) return null
  if ('type' in rule && rule.type === 'goods-kinetic') return 'temperature'
  return 'quantity' in rule ? (rule.quantity ?? null) : null
}

/** What goes with an event. */
export interface Told {
  readonly by?: string
  readonly value?: number | null
  readonly items?: number | undefined
  /** The worst of the condition that came back, by its rule. */
  readonly worst?: readonly [Cause['rule'], Worst] | undefined
  /** Latest end of a shelf, or of a plan. */
  readonly until?: number | null
}

/** Lets an event happen to the alert under `key`. Returns whether it changed. */
export function turn(
  state: AlertState,
  key: string,
  event: LifeEvent,
  at: number,
  changes: AlertChanges,
  told: Told = {},
): boolean {
  const known = state.open.get(key)
  if (known === undefined) return false
  const before = lifeOf(known)
  const after = next(before, event)
  if (after === before) return false
  const { by, value, items, worst, until } = told
  const { isOfOldRule, ...still } = known
  const alert: Alert = { ...known.alert }
  if (event === 'raise') {
    alert.clearedAt = null
    alert.times += 1
    alert.value = value ?? alert.value
    if (items !== undefined) alert.items = items
    if (worst !== undefined) alert.worst = witnessed(isOfOldRule ? { ...alert, worst: null } : alert, ...worst).worst
  }
  if (event === 'clear') alert.clearedAt = iso(at)
  if (event === 'dismiss') alert.clearedAt ??= iso(at)
  if ((event === 'acknowledge' || event === 'dismiss') && alert.acknowledgedAt === null) {
    alert.acknowledgedAt = iso(at)
    alert.acknowledgedBy = by ?? null
  }
  const open = event === 'raise' ? { ...still, alert } : { ...known, alert }
  if (event === 'shelve' || event === 'shelve-once') open.shelvedUntil = until ?? null
  if (event === 'suppress' || event === 'take-out') open.plannedUntil = until ?? null
  settle(state, open, before, after, at, changes)
  return true
}

/** It stands for more items now, or for fewer, or for worse: that calls nobody. */
export function restate(
  state: AlertState,
  key: string,
  { value, items }: { readonly value: number; readonly items: number },
  changes: AlertChanges,
): void {
  const known = state.open.get(key)
  if (known === undefined || (known.alert.value === value && known.alert.items === items)) return
  const alert = { ...known.alert, value, items }
  state.open.put(key, { ...known, alert })
  changes.alerts.set(alert.id, alert)
}

/** The plan that keeps an alert quiet ends at another time than was known. */
export function replan(state: AlertState, key: string, until: number | null, changes: AlertChanges): void {
  const known = state.open.get(key)
  if (known === undefined || known.plan === 'none' || known.plannedUntil === until) return
  const isShown = known.shelf === 'none'
  const alert = isShown ? { ...known.alert, silencedUntil: textOf(until) } : known.alert
  state.open.put(key, { ...known, plannedUntil: until, alert })
  if (isShown) changes.alerts.set(alert.id, alert)
}

/** Somebody is made responsible, or nobody any more. */
export function assign(state: AlertState, known: OpenAlert, to: string | null, changes: AlertChanges): void {
  const alert = { ...known.alert, assignedTo: to }
  state.open.put(known.key, { ...known, alert })
  changes.alerts.set(alert.id, alert)
}

/** A deadline passed and nobody has acknowledged it. */
export function escalate(state: AlertState, known: OpenAlert, at: number, changes: AlertChanges): void {
  const alert = { ...known.alert, escalation: known.alert.escalation + 1 }
  state.open.put(known.key, { ...known, alert })
  changes.alerts.set(alert.id, alert)
  changes.notices.push({ event: 'escalated', at, alert })
}

function lifeOf({ alert, shelf, plan }: OpenAlert): Life {
  return { state: alert.state, isTrue: alert.clearedAt === null, isLatching: alert.isLatching, shelf, plan }
}

/** What keeps an alert silent at `now` by plan. */
export function planFor(state: AlertState, alert: Alert, now: number): ReturnType<typeof planAt> {
  const windows = [...state.windows.all.values()]
  const timeZone = state.timeZones.get(alert.site) ?? 'UTC'
  return planAt(alert, windows, state.rules.get(alert.rule)?.rule.schedule, timeZone, now)
}

/** Keeps what an alert has become, and says so to whom it concerns. */
function settle(
  state: AlertState,
  open: OpenAlert,
  before: Life,
  after: Life,
  at: number,
  changes: AlertChanges,
): void {
  const { alert } = open
  alert.state = after.state
  open.shelf = after.shelf
  open.plan = after.plan
  if (after.shelf === 'none') open.shelvedUntil = null
  if (after.plan === 'none') open.plannedUntil = null
  if (after.shelf !== 'none') [alert.silence, alert.silencedUntil] = ['shelved', textOf(open.shelvedUntil)]
  else if (after.plan !== 'none') [alert.silence, alert.silencedUntil] = [after.plan, textOf(open.plannedUntil)]
  else [alert.silence, alert.silencedUntil] = [null, null]
  if (before.state === 'active' && after.state === 'cleared' && !isSilenced(before) && alert.rangAt !== null)
    open.unseenMs += Math.max(0, at - Date.parse(alert.rangAt))
  if (rings(before, after)) {
    alert.rangAt = iso(at)
    // What returns before anybody saw that it went goes on waiting for somebody: who chatters is not heard later for it.
    const goesOn = before.state === 'cleared' && !isSilenced(before)
    if (!goesOn) [alert.escalation, open.unseenMs] = [0, 0]
    alert.acknowledgedAt = null
    alert.acknowledgedBy = null
  }
  if (after.state === 'normal') {
    state.open.remove(open.key)
    if (alert.worst !== null && open.isOfOldRule !== true) state.ended.put(open.key, alert)
  } else state.open.put(open.key, open)
  changes.alerts.set(alert.id, alert)
  if (rings(before, after)) changes.notices.push({ event: 'ringing', at, alert })
  // Who was called is told, also of what was silenced meanwhile.
  else if (after.state === 'normal' && (!isSilenced(before) || alert.rangAt !== null))
    changes.notices.push({ event: 'over', at, alert })
  else if (after.state === 'acknowledged' && before.state === 'active' && !isSilenced(after))
    changes.notices.push({ event: 'acknowledged', at, alert })
}

function textOf(at: number | null): string | null {
  return at === null ? null : iso(at)
}

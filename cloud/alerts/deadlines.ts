import { isWatched } from '../../shared/rule.ts'
import { escalate, planFor, turn } from './raise.ts'
import type { AlertChanges, AlertState } from './state.ts'

/** What time alone does to alerts that are not over: shelves and plans end or begin, deadlines pass, it rings again. */
export function passTime(state: AlertState, now: number, changes: AlertChanges): void {
  forgetOverWindows(state, now)
  for (const { key, alert, shelf, shelvedUntil } of [...state.open.all.values()]) {
    if (shelf === 'timed' && shelvedUntil !== null && shelvedUntil <= now) turn(state, key, 'unshelve', now, changes)
    const rule = state.rules.get(alert.rule)?.rule
    if (state.windows.all.size > 0 || rule?.schedule !== undefined || alert.silence !== null) {
      const { plan, until } = planFor(state, alert, now)
      const event = plan === 'none' ? 'put-back' : plan === 'suppressed' ? 'suppress' : 'take-out'
      turn(state, key, event, now, changes, { until })
    }
    const open = state.open.get(key)
    if (open === undefined || rule === undefined || open.alert.rangAt === null) continue
    const rangForMs = now - Math.max(Date.parse(open.alert.rangAt), state.watchedFrom)
    if (open.alert.state === 'acknowledged' && rule.reAlarmMs !== undefined && rangForMs >= rule.reAlarmMs) {
      turn(state, key, 're-alarm', now, changes)
      continue
    }
    const deadlineMs = rule.escalateAfterMs?.[open.alert.escalation]
    if (deadlineMs === undefined || open.alert.state !== 'active' || open.alert.silence !== null) continue
    if (rangForMs >= deadlineMs) escalate(state, open, now, changes)
  }
}

/** When the next on-delay runs out, after the newest tick; undefined: none runs. */
export function nextRaiseAt(state: AlertState): number | undefined {
  let next = state.nextDueAt > state.now && Number.isFinite(state.nextDueAt) ? state.nextDueAt : undefined
  for (const [key, { sinceAt, raised }] of state.watches.all) {
    if (sinceAt === null || raised) continue
    const rule = state.rules.get(key.slice(0, key.indexOf('/')))?.rule
    if (rule === undefined || !isWatched(rule)) continue
    const at = Math.max(sinceAt, state.watchedFrom) + rule.onDelayMs
    if (at > state.now && (next === undefined || at < next)) next = at
  }
  return next
}

function forgetOverWindows(state: AlertState, now: number): void {
  for (const [id, { to }] of state.windows.all) if (to !== undefined && to <= now) state.windows.remove(id)
}

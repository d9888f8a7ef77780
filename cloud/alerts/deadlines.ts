import { isWatched } from '../../shared/rule.ts'
import { believedAheadMs } from '../location/event-time.ts'
import { longestShelfMs } from './longest-shelf.ts'
import { escalate, planFor, replan, turn } from './raise.ts'
import type { AlertChanges, AlertState } from './state.ts'

/** What time alone does to alerts that are not over: shelves and plans end or begin, deadlines pass, it rings again. */
export function passTime(state: AlertState, now: number, changes: AlertChanges): void {
  forgetOverWindows(state, now)
  for (const { key, alert, shelf, shelvedUntil } of [...state.open.all.values()]) {
    if (shelf !== 'none' && shelvedUntil !== null) {
      // Further off than any shelf can end: the clock was set back.
      const isOver = shelvedUntil <= now || shelvedUntil > now + longestShelfMs(state, alert.rule) + believedAheadMs
      if (isOver) turn(state, key, 'unshelve', now, changes)
    }
    const rule = state.rules.get(alert.rule)?.rule
    if (state.windows.all.size > 0 || rule?.schedule !== undefined || alert.silence !== null) {
      const { plan, until } = planFor(state, alert, now)
      const event = plan === 'none' ? 'put-back' : plan === 'suppressed' ? 'suppress' : 'take-out'
      if (!turn(state, key, event, now, changes, { until })) replan(state, key, until, changes)
    }
    const open = state.open.get(key)
    if (open === undefined || rule === undefined || open.alert.rangAt === null) continue
    const rangForMs = passedMs(state, Date.parse(open.alert.rangAt))
    const seenForMs = passedMs(state, Date.parse(open.alert.acknowledgedAt ?? open.alert.rangAt))
    const isLongAgo = rule.reAlarmMs !== undefined && Math.min(rangForMs, seenForMs) >= rule.reAlarmMs
    if (open.alert.state === 'acknowledged' && isLongAgo) {
      turn(state, key, 're-alarm', now, changes)
      continue
    }
    const deadlineMs = rule.escalateAfterMs?.[open.alert.escalation]
    if (deadlineMs === undefined || open.alert.state !== 'active' || open.alert.silence !== null) continue
    if (rangForMs + open.unseenMs >= deadlineMs) escalate(state, open, now, changes)
  }
}

/** How long ago an instant is that somebody watched; what is ahead of the clock was there before it was set back. */
function passedMs({ now, watchedFrom }: AlertState, at: number): number {
  return now - (at > now + believedAheadMs ? watchedFrom : Math.max(at, watchedFrom))
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

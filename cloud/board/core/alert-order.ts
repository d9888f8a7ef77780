import type { Alert } from '../../../shared/api.ts'

const rank = { active: 0, acknowledged: 1, cleared: 2, normal: 3 } as const

/** What is silenced last; before it unacknowledged first, then still active, then over; in each the worst first, then the newest. */
export function inOrder(alerts: Iterable<Alert>): Alert[] {
  return [...alerts].sort(
    (a, b) =>
      Number(a.silence !== null) - Number(b.silence !== null) ||
      rank[a.state] - rank[b.state] ||
      a.severity - b.severity ||
      b.raisedAt.localeCompare(a.raisedAt) ||
      a.id.localeCompare(b.id),
  )
}

/**
 * Does it ask for somebody? What is not over and not kept quiet: the number beside the way to the inbox, that of its first
 * list, and the few that the floor shows are these. What went before anybody saw it still waits for somebody to see it.
 */
export function isOpen(alert: Alert): boolean {
  return alert.silence === null && alert.state !== 'normal'
}

/** As the server will answer, so that the row can change before it does. */
export function acknowledged(alert: Alert, at: string, by: string | null): Alert {
  if (alert.state === 'active') return { ...alert, state: 'acknowledged', acknowledgedAt: at, acknowledgedBy: by }
  if (alert.state === 'cleared') return { ...alert, state: 'normal', acknowledgedAt: at, acknowledgedBy: by }
  return alert
}

import type { Alert } from '../../../shared/api.ts'

/** Alerts of one rule in one zone: one cause, most likely, and one line where room is dear. */
export interface AlertGroup {
  /** The first of them as they were ordered: the one that asks loudest. */
  readonly alert: Alert
  readonly count: number
  /** Since when the oldest of them lasts. */
  readonly raisedAt: number
}

/** In the order of their first. What nobody has seen is never hidden behind what somebody has. */
export function alertGroups(alerts: readonly Alert[]): AlertGroup[] {
  const groups = Map.groupBy(alerts, ({ rule, zone, state, severity }) => `${rule} ${zone} ${state} ${severity}`)
  return [...groups.values()].flatMap((group) => {
    const [alert] = group
    if (alert === undefined) return []
    return [{ alert, count: group.length, raisedAt: Math.min(...group.map((one) => Date.parse(one.raisedAt))) }]
  })
}

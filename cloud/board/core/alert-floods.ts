import type { Alert } from '../../../shared/api.ts'
import { areaOf } from '../../../shared/area-of.ts'
import type { OperatorArea } from '../../../shared/operator-area.ts'
import type { SiteMap } from '../../../shared/site-map.ts'

/** ISA-18.2: ten new alarms or more in ten minutes, for one operator, are more than anybody can follow. */
export const floodFrom = 10
export const floodWindowMs = 600_000

/** Alerts of one operator area that rang within ten minutes of each other, ten at least. */
export interface Flood {
  /** An operator area, or a zone that is in none; null: what belongs to no zone, such as gateways. */
  readonly area: string | null
  /** In the order that they were given; the first asks loudest. */
  readonly alerts: readonly Alert[]
  readonly fromAt: number
  readonly toAt: number
}

export type InboxRow = { readonly is: 'alert'; readonly alert: Alert } | { readonly is: 'flood'; readonly flood: Flood }

/**
 * The lines of the inbox: a flood is one, where the first of its alerts would stand. Severity 1 counts in a flood and
 * keeps a line of its own: it is never one of many.
 */
export function inboxRows(alerts: readonly Alert[], areas?: readonly OperatorArea[]): readonly InboxRow[] {
  const floodOf = new Map<string, Flood>()
  for (const flood of floodsIn(alerts, areas)) for (const { id } of flood.alerts) floodOf.set(id, flood)
  const begun = new Set<Flood>()
  return alerts.flatMap((alert): readonly InboxRow[] => {
    const flood = floodOf.get(alert.id)
    if (flood === undefined || alert.severity === 1) return [{ is: 'alert', alert }]
    if (begun.has(flood)) return []
    begun.add(flood)
    const many = { ...flood, alerts: flood.alerts.filter(({ severity }) => severity > 1) }
    return many.alerts.length === 1 ? [{ is: 'alert', alert }] : [{ is: 'flood', flood: many }]
  })
}

/** Where windows of a flood meet or overlap, it is one. */
export function floodsIn(alerts: readonly Alert[], areas?: readonly OperatorArea[]): readonly Flood[] {
  return [...Map.groupBy(alerts, ({ zone }) => areaOf(areas, zone))].flatMap(([area, there]) => {
    const inTime = there.map((alert) => ({ alert, at: rangAt(alert) })).sort((a, b) => a.at - b.at)
    const floods: { from: number; to: number }[] = []
    for (let to = floodFrom - 1; to < inTime.length; to += 1) {
      const from = to - floodFrom + 1
      if ((inTime[to]?.at ?? 0) - (inTime[from]?.at ?? 0) > floodWindowMs) continue
      const last = floods.at(-1)
      const sinceMs = (inTime[from]?.at ?? 0) - (inTime[last?.to ?? 0]?.at ?? 0)
      if (last !== undefined && sinceMs <= floodWindowMs) last.to = to
      else floods.push({ from, to })
    }
    return floods.map(({ from, to }) => {
      const members = new Set(inTime.slice(from, to + 1).map(({ alert }) => alert))
      const ordered = there.filter((alert) => members.has(alert))
      return { area, alerts: ordered, fromAt: inTime[from]?.at ?? 0, toAt: inTime[to]?.at ?? 0 }
    })
  })
}

/** As people call an operator area, or a zone that is in none; null: it is of none. */
export function areaName(map: Pick<SiteMap, 'zones' | 'areas'> | undefined, area: string | null): string | null {
  const named = map?.areas?.find(({ id }) => id === area) ?? map?.zones.find(({ id }) => id === area)
  return named?.name ?? area
}

/** The rule that most of a flood is of: a door that stands open, most likely, and not ten faults. */
export function mostly({ alerts }: Flood): { readonly name: string; readonly count: number } {
  const [most] = [...Map.groupBy(alerts, ({ name }) => name)].sort(([, a], [, b]) => b.length - a.length)
  return { name: most?.[0] ?? '', count: most?.[1].length ?? 0 }
}

/** What nobody has seen of it. */
export function unseenOf({ alerts }: Flood): readonly Alert[] {
  return alerts.filter(({ state }) => state === 'active' || state === 'cleared')
}

function rangAt({ rangAt: at, raisedAt }: Alert): number {
  return Date.parse(at ?? raisedAt)
}

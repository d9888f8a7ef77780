import type { MaintenanceWindow } from '../../shared/maintenance.ts'
import type { Schedule } from '../../shared/rules/common.ts'
import type { Plan } from './life-cycle.ts'

/** What an alert is about, as far as plans go by it. */
export interface Planned {
  readonly site: string
  readonly rule: string
  readonly subject: string
  readonly zone: string | null
}

/** What keeps an alert silent at `now`, and until when (null: until further notice, or not silent). */
export function planAt(
  about: Planned,
  windows: Iterable<MaintenanceWindow>,
  schedule: Schedule | undefined,
  timeZone: string,
  now: number,
): { readonly plan: Plan; readonly until: number | null } {
  let until: number | null = null
  for (const window of windows) {
    if (!covers(window, about) || now < window.from) continue
    if (window.to === undefined) return { plan: 'out-of-service', until: null }
    if (now < window.to) until = Math.max(until ?? 0, window.to)
  }
  if (until !== null) return { plan: 'suppressed', until }
  if (schedule !== undefined && !isWithin(schedule, timeZone, now)) return { plan: 'suppressed', until: null }
  return { plan: 'none', until: null }
}

function covers(window: MaintenanceWindow, { site, rule, subject, zone }: Planned): boolean {
  return (
    window.site === site &&
    (window.zone === undefined || window.zone === zone) &&
    (window.subject === undefined || window.subject === subject) &&
    (window.rule === undefined || window.rule === rule)
  )
}

/** Is it one of the hours of the schedule, by the clock on the wall of the site? */
export function isWithin({ days, from, to }: Schedule, timeZone: string, now: number): boolean {
  const { day, minute } = wallClock(timeZone, now)
  const [begin, end] = [minuteOf(from), minuteOf(to)]
  if (begin < end) return days.includes(day) && minute >= begin && minute < end
  const yesterday = day === 1 ? 7 : day - 1
  return (days.includes(day) && minute >= begin) || (days.includes(yesterday) && minute < end)
}

function minuteOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function wallClock(timeZone: string, now: number): { readonly day: number; readonly minute: number } {
  const shape = { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  const parts = new Map(
    new Intl.DateTimeFormat('en-GB', shape).formatToParts(now).map(({ type, value }) => [type, value]),
  )
  return {
    day: weekdays.indexOf(parts.get('weekday') ?? '') + 1,
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  }
}

import type { Channel, Duty } from '../../shared/channel.ts'
import type { Schedule } from '../../shared/rules/common.ts'
import { isWithin } from '../alerts/plan.ts'
import type { Notice } from '../alerts/state.ts'

const minuteMs = 60_000
/** A week and a day: no schedule of a week is quiet for longer, unless it is quiet always. */
const longestQuietMinutes = 8 * 24 * 60

/**
 * Who of `channels` is told. A severity 1 for which nobody is on duty is told to all that would be, had they duty: a gap
 * in a rota must not be where a fire goes unheard. Pure; hours are those of the clock on the wall of the site.
 */
export function route(
  channels: readonly Channel[],
  notice: Notice,
  timeZone: string,
  now: number,
): readonly { readonly channel: Channel; readonly dueAt: number }[] {
  const told = (isDutyAsked: boolean) =>
    channels.flatMap((channel) => {
      const dueAt = dueOn(channel, notice, timeZone, now, isDutyAsked)
      return dueAt === undefined ? [] : [{ channel, dueAt }]
    })
  const onDuty = told(true)
  return onDuty.length === 0 && notice.alert.severity === 1 ? told(false) : onDuty
}

/** When one channel tells it: at once, or when its quiet hours are over; undefined: not at all. */
function dueOn(
  channel: Channel,
  { event, alert }: Notice,
  timeZone: string,
  now: number,
  isDutyAsked: boolean,
): number | undefined {
  if (!channel.enabled || channel.site !== alert.site) return undefined
  if (!channel.events.includes(event) || alert.severity > channel.leastSeverity) return undefined
  if (channel.zones !== undefined && (alert.zone === null || !channel.zones.includes(alert.zone))) return undefined
  if (isDutyAsked && channel.duty.length > 0 && !channel.duty.some((duty) => isOnDuty(duty, timeZone, now)))
    return undefined
  if (alert.severity === 1) return now
  return endOfQuiet(channel.quiet, timeZone, now)
}

/** Is it one of the hours of duty, in one of its weeks? A night belongs to the day on which it begins. */
export function isOnDuty(duty: Duty, timeZone: string, now: number): boolean {
  if (!isWithin(duty, timeZone, now)) return false
  if (duty.everyWeeks === 1 || duty.firstDay === undefined) return true
  const today = dayNumber(dateOf(timeZone, now))
  const begun = duty.to <= duty.from && isBefore(duty.to, timeZone, now) ? today - 1 : today
  const weeks = weekOf(begun) - weekOf(dayNumber(duty.firstDay))
  return ((weeks % duty.everyWeeks) + duty.everyWeeks) % duty.everyWeeks === 0
}

/** The first whole minute from `now` on that is in none of the spans; `now` itself when it is in none. */
export function endOfQuiet(quiet: readonly Schedule[], timeZone: string, now: number): number {
  const isQuiet = (at: number) => quiet.some((span) => isWithin(span, timeZone, at))
  if (!isQuiet(now)) return now
  const minute = Math.floor(now / minuteMs)
  for (let ahead = 1; ahead <= longestQuietMinutes; ahead++) {
    const at = (minute + ahead) * minuteMs
    if (!isQuiet(at)) return at
  }
  return now
}

function isBefore(clock: string, timeZone: string, now: number): boolean {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return time.format(now) < clock
}

/** `2026-11-28`, by the calendar of the site. */
function dateOf(timeZone: string, now: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now)
}

function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000
}

/** 1970-01-01 was a Thursday; weeks begin on Monday. */
function weekOf(day: number): number {
  return Math.floor((day + 3) / 7)
}

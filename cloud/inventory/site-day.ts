/** What happened on one calendar day of a site, by event time. */
export interface DayCounts {
  arrived: number
  departed: number
  moved: number
}

/** Days kept per site, so that late data still lands in its own day. */
const daysKept = 8

/** All offsets of time zones are multiples of this. */
const bucketMs = 15 * 60_000

/** Event time → calendar day (`2026-11-23`) in a time zone; UTC where the zone is not known to the runtime. */
export function dayOfZone(timeZone: string): (at: number) => string {
  const format = dayFormat(timeZone)
  let bucket = -1
  let day = ''
  return (at) => {
    const now = Math.floor(at / bucketMs)
    if (now !== bucket) {
      bucket = now
      day = format.format(at)
    }
    return day
  }
}

/** The counts of a day, made if need be; the oldest day beyond `daysKept` goes. */
export function countsOf(days: Map<string, DayCounts>, day: string): DayCounts {
  const known = days.get(day)
  if (known !== undefined) return known
  const fresh = { arrived: 0, departed: 0, moved: 0 }
  days.set(day, fresh)
  if (days.size > daysKept) days.delete([...days.keys()].sort()[0] ?? day)
  return fresh
}

function dayFormat(timeZone: string): Intl.DateTimeFormat {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone, ...parts })
  } catch {
    return new Intl.DateTimeFormat('en-CA', { timeZone: 'UTC', ...parts })
  }
}

/** Instants as people and spreadsheets write them. */

const wholeDay = /^(\d{4})-(\d{2})-(\d{2})$/
const withZone = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/

/**
 * Unix ms of an ISO 8601 instant with its zone, or of a day in the zone of the site: where it begins; for what lasts until
 * its end, where the next one does; or its last minute, which people still call by that day. undefined: neither.
 */
export function instantOf(text: string, timeZone: string, ofDay: 'begin' | 'last-minute' | 'end'): number | undefined {
  const day = wholeDay.exec(text)
  if (day !== null) {
    const [year, month, date] = day.slice(1).map(Number) as [number, number, number]
    const begins = Date.UTC(year, month - 1, date)
    // 30 February would be taken for 2 March.
    if (new Date(begins).getUTCDate() !== date || new Date(begins).getUTCMonth() !== month - 1) return undefined
    if (ofDay === 'begin') return midnight(begins, timeZone)
    const ends = midnight(Date.UTC(year, month - 1, date + 1), timeZone)
    return ofDay === 'end' ? ends : ends - 60_000
  }
  const at = withZone.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) || at < 0 ? undefined : at
}

/** The instant at which clocks in a zone begin the day that UTC begins at `utc`. */
function midnight(utc: number, timeZone: string): number {
  // The offset at the first guess may be that of the other side of a change of clocks.
  const guess = utc - offsetMs(utc, timeZone)
  return utc - offsetMs(guess, timeZone)
}

function offsetMs(at: number, timeZone: string): number {
  const shape = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...shape })
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'))
  return wall - Math.floor(at / 60_000) * 60_000
}

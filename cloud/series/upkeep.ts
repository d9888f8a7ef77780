import { expiredBy, type Keep } from './retention.ts'
import { type NumberedSeries, rolledUp, type SeriesHour } from './roll-up.ts'
import type { RollUps } from './roll-ups.ts'
import type { Expired, Point, SeriesStore } from './series-store.ts'
import { hourMs } from './tiers.ts'

/**
 * Records applied at once. Large requests are what makes InfluxDB fast. The embedded store gains nothing from them, and
 * parsed records that live longer cost the collector more.
 */
export const recordsAtATime = { influx: 20_000, embedded: 5000 }

/** Hours summed up at once: some milliseconds each, and while there is a backlog the stream comes first. */
const hoursWhenQuiet = 10
const hoursWhenBusy = 1
const pagePoints = 50_000
const retentionEveryMs = hourMs

export interface Upkeep {
  /** What late data made necessary; the rows replace what is in the roll-ups. */
  overdue(
    rollUps: Pick<RollUps, 'takeDue'>,
    isQuiet: boolean,
    signal: AbortSignal,
  ): Promise<
    readonly { readonly due: SeriesHour; readonly points: readonly Point[]; readonly rows: readonly Point[] }[]
  >
  /** One small step of the removal of what has expired. */
  expire(now: number, sites: Iterable<string>, signal: AbortSignal): Promise<void>
}

/** What a series store needs beside new points, in steps that nobody has to wait for. */
export function openUpkeep(store: SeriesStore, keepAt: (site: string) => Keep): Upkeep {
  let expired: Expired[] = []
  let lookedAt = Number.NEGATIVE_INFINITY

  async function pointsOf(series: NumberedSeries, hour: number, signal: AbortSignal): Promise<readonly Point[]> {
    const points: Point[] = []
    for (let fromMs = hour; ; ) {
      const page = await store.points({ ...series, fromMs, toMs: hour + hourMs, limit: pagePoints }, signal)
      for (const point of page) points.push(point)
      const last = page.at(-1)
      if (page.length < pagePoints || last === undefined) return points
      fromMs = last.at + 1
    }
  }

  return {
    async overdue(rollUps, isQuiet, signal) {
      const found = []
      for (const due of rollUps.takeDue(isQuiet ? hoursWhenQuiet : hoursWhenBusy)) {
        const points = await pointsOf(due.series, due.hour, signal)
        found.push({ due, points, rows: rolledUp(due.series, points) })
      }
      return found
    },
    async expire(now, sites, signal) {
      if (now >= lookedAt + retentionEveryMs) {
        lookedAt = now
        expired = [...expiredBy(now, sites, keepAt)]
      }
      const [next] = expired
      if (next !== undefined && !(await store.remove(next, signal))) expired.shift()
    },
  }
}

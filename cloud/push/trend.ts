import type { BoardCounters, BoardTrend, SensorNow } from '../../shared/board.ts'

/** The day's numbers of one site, once a minute. Two hours of them, the oldest go first; a restart begins anew. */
export type Trend = Omit<BoardTrend, 'site' | 'now'>

const trendEveryMs = 60_000
const longest = 120

export const noTrend: Trend = {
  at: [],
  arrivedToday: [],
  departedToday: [],
  movedToday: [],
  sensorsOutside: [],
  misplaced: [],
  uncertain: [],
}

/** With one more sample if a new minute has begun by `now` (server wall time), else the same. */
export function sampled(
  trend: Trend,
  now: number,
  { arrivedToday, departedToday, movedToday, misplaced, uncertain }: BoardCounters,
  sensors: Iterable<SensorNow>,
): Trend {
  const minute = Math.floor(now / trendEveryMs) * trendEveryMs
  // A clock that was set back adds nothing until it has caught up: the columns stay in order.
  if (minute <= (trend.at.at(-1) ?? 0)) return trend
  let outside = 0
  for (const sensor of sensors) if (sensor.outside.length > 0) outside++
  const grown = <T>(column: readonly T[], value: T) => [...column.slice(1 - longest), value]
  return {
    at: grown(trend.at, minute),
    arrivedToday: grown(trend.arrivedToday, arrivedToday),
    departedToday: grown(trend.departedToday, departedToday),
    movedToday: grown(trend.movedToday, movedToday),
    sensorsOutside: grown(trend.sensorsOutside, outside),
    misplaced: grown(trend.misplaced, misplaced),
    uncertain: grown(trend.uncertain, uncertain),
  }
}

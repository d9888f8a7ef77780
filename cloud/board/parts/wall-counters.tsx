import type { BoardTrend } from '../../../shared/board.ts'
import { type Bars, growth, level } from '../core/trend.ts'
import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Sparkline } from './sparkline.tsx'
import { useAnswer } from './use-answer.ts'

const spanMs = 2 * 3_600_000
const stepMs = 5 * 60_000
const askEveryMs = 60_000

/** Numbers of the day, each with its last two hours; as many as there is room for. */
export function WallCounters() {
  const store = useStore()
  const words = store.words.value
  const { format, liveness, now } = store
  const board = store.board.value
  const site = store.site.value
  const { answer } = useAnswer<BoardTrend>(
    site,
    (signal) => ask(`/sites/${encodeURIComponent(site)}/board/trend`, { signal }),
    askEveryMs,
  )
  if (board === null) return <div class="wall-counters" />
  const trend = answer.value?.ok === true ? answer.value.value : null
  const { counters } = board
  const outside = [...board.sensors.values()].filter((sensor) => sensor.outside.length > 0).length
  const { misplaced, uncertain } = counters
  const grown = (column: 'arrivedToday' | 'departedToday' | 'movedToday') =>
    trend === null ? null : growth(trend.at, trend[column], now.value, spanMs, stepMs)
  const levels = (column: 'sensorsOutside' | 'misplaced' | 'uncertain') =>
    trend === null ? null : level(trend.at, trend[column], now.value, spanMs, stepMs)
  const cells: readonly (readonly [string, number | null, Bars | null, boolean])[] = [
    [words.arrivedToday, counters.arrivedToday, grown('arrivedToday'), false],
    [words.departedToday, counters.departedToday, grown('departedToday'), false],
    [words.itemsMisplaced, misplaced, levels('misplaced'), misplaced !== null && misplaced > 0],
    [words.sensorsOutside, outside, levels('sensorsOutside'), outside > 0],
    [words.itemsUncertain, uncertain, levels('uncertain'), false],
    [words.movedToday, counters.movedToday, grown('movedToday'), false],
  ]
  const isLost = liveness.value.state === 'lost'
  return (
    <dl class={isLost ? 'wall-counters not-live' : 'wall-counters'} aria-label={words.today}>
      {cells.map(([name, value, bars, isLoud]) => (
        <div key={name} class={isLoud ? 'wall-counter loud' : 'wall-counter'}>
          <dt>{name}</dt>
          <dd>
            {value === null ? <span class="not-known">{words.unknown}</span> : format.value.number(value)}
            {value !== null && bars !== null && (
              <Sparkline bars={bars} label={words.lastTwoHours(name, format.value.number(bars.most))} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

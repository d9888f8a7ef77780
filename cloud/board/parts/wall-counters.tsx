import type { BoardTrend } from '../../../shared/board.ts'
import { type Bars, growth, level } from '../core/trend.ts'
import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Sparkline } from './sparkline.tsx'
import { useAnswer } from './use-answer.ts'

const spanMs = 2 * 3_600_000
const stepMs = 5 * 60_000
const askEveryMs = 60_000

/** Four numbers of the day, each with its last two hours. */
export function WallCounters() {
  const store = useStore()
  const words = store.words.value
  const { format, liveness, now } = store
  const board = store.board.value
  const site = board?.site ?? ''
  const { answer } = useAnswer<BoardTrend>(
    site,
    (signal) => ask(`/sites/${encodeURIComponent(site)}/board/trend`, { signal }),
    askEveryMs,
  )
  if (board === null) return <div class="wall-counters" />
  const trend = answer.value?.ok === true ? answer.value.value : null
  const { counters } = board
  const outside = [...board.sensors.values()].filter((sensor) => sensor.outside.length > 0).length
  const of = (bars: typeof growth, column: 'arrivedToday' | 'departedToday' | 'movedToday' | 'sensorsOutside') =>
    trend === null ? null : bars(trend.at, trend[column], now.value, spanMs, stepMs)
  const cells: readonly (readonly [string, number, Bars | null, boolean])[] = [
    [words.arrivedToday, counters.arrivedToday, of(growth, 'arrivedToday'), false],
    [words.departedToday, counters.departedToday, of(growth, 'departedToday'), false],
    [words.movedToday, counters.movedToday, of(growth, 'movedToday'), false],
    [words.sensorsOutside, outside, of(level, 'sensorsOutside'), outside > 0],
  ]
  const isLost = liveness.value.state === 'lost'
  return (
    <dl class={isLost ? 'wall-counters not-live' : 'wall-counters'} aria-label={words.today}>
      {cells.map(([name, value, bars, isLoud]) => (
        <div key={name} class={isLoud ? 'wall-counter loud' : 'wall-counter'}>
          <dt>{name}</dt>
          <dd>
            {format.value.number(value)}
            {bars !== null && (
              <Sparkline bars={bars} label={words.lastTwoHours(name, format.value.number(bars.most))} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

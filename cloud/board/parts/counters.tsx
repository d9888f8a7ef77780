import { useComputed } from '@preact/signals'
import { countSlots } from '../core/board.ts'
import { useStore } from '../live/store.ts'

/** The day in numbers. Fixed-width digits: they change, they do not dance. */
export function Counters() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const liveness = store.liveness.value
  const slots = useComputed(() => {
    const board = store.board.value
    return board === null ? null : countSlots(board.slotState)
  })
  const board = store.board.value
  if (board === null || slots.value === null) return <div class="counters skeleton" aria-hidden="true" />
  const { counters } = board
  const { misplaced, uncertain } = counters
  const outside = [...board.sensors.values()].filter((now) => now.outside.length > 0).length
  const total = board.map.slots.length
  const stale = store.trust.value?.notCurrent ?? 0
  const ofSlots = words.ofTotal(format.number(total))
  const cells: readonly (readonly [string, string | null, string | null, boolean])[] = [
    [
      words.itemsOnSite,
      format.number(counters.itemsOnSite),
      uncertain === null || uncertain === 0 ? null : words.ofThemUncertain(format.number(uncertain)),
      false,
    ],
    [words.arrivedToday, format.number(counters.arrivedToday), null, false],
    [words.departedToday, format.number(counters.departedToday), null, false],
    [words.movedToday, format.number(counters.movedToday), null, false],
    [
      words.itemsMisplaced,
      misplaced === null ? null : format.number(misplaced),
      null,
      misplaced !== null && misplaced > 0,
    ],
    [words.slotsOccupied, format.number(slots.value.occupied), ofSlots, false],
    [
      words.slotsUnknown,
      format.number(slots.value.unknown),
      stale === 0 ? ofSlots : words.notCurrent(format.number(stale)),
      stale > 0,
    ],
    [words.sensorsOutside, format.number(outside), words.ofTotal(format.number(board.map.sensors.length)), outside > 0],
    [
      words.readsPerSecond,
      format.number(counters.tagReadsPerSecond, counters.tagReadsPerSecond < 10 ? 1 : 0),
      null,
      false,
    ],
  ]
  return (
    // On narrow screens it scrolls sideways, which keys must be able to do.
    <dl class={liveness.state === 'lost' ? 'counters not-live' : 'counters'} tabIndex={0} aria-label={words.today}>
      {cells.map(([name, value, of, isLoud]) => (
        <div key={name} class={isLoud ? 'counter loud' : 'counter'}>
          <dt>{name}</dt>
          <dd>
            {value === null ? <span class="not-known">{words.unknown}</span> : value}
            {of !== null && <small> {of}</small>}
          </dd>
        </div>
      ))}
      {liveness.state === 'lost' && <div class="counters-age">{words.countersAged(format.age(liveness.ageMs))}</div>}
    </dl>
  )
}

import { slotStates } from '../../../shared/board.ts'
import { useStore } from '../live/store.ts'
import { Counters } from '../parts/counters.tsx'
import { FoundPanel, useLooking } from '../parts/found-panel.tsx'
import { IconButton } from '../parts/icon.tsx'
import { NeedsYou } from '../parts/needs-you.tsx'
import { Notice } from '../parts/notice.tsx'
import { SlotDrawer } from '../parts/slot-drawer.tsx'
import { Tour } from '../parts/tour.tsx'
import { PlanCanvas } from '../plan/plan-canvas.tsx'
import { Lazy } from './lazy.tsx'

const loadPast = () => import('./past.tsx').then(({ PastFloor }) => PastFloor)
const loadTable = () => import('./floor-table.tsx').then(({ FloorTable }) => FloorTable)

/** The floor: plan or table, the day's numbers, and either what needs somebody or the slot that was chosen. */
export function FloorPage({
  slot,
  find,
  asOf,
}: {
  readonly slot: string | null
  /** Goods whose slots are ringed. */
  readonly find: string | undefined
  readonly asOf: number | undefined
}) {
  const store = useStore()
  const looking = useLooking(asOf === undefined ? find : undefined)
  const words = store.words.value
  const board = store.board.value
  const select = (code: string | null) => {
    // Walking with arrow keys must not fill the history.
    store.go({ page: 'floor', slot: code, ...(find !== undefined && { find }) }, slot !== null)
    const index = code === null ? undefined : board?.slotIndex.get(code)
    if (code === null || board === null || index === undefined) return
    const state = slotStates[board.slotState[index] ?? 2]
    store.say(
      `${code}: ${state === 'occupied' ? words.slotOccupied : state === 'empty' ? words.slotEmpty : words.slotUnknown}`,
    )
  }
  if (board === null) return <FloorSkeleton />
  if (board.map.slots.length === 0 && board.map.zones.length === 0) {
    return (
      <Notice title={words.noSlotsTitle}>
        <p>{words.noSlots}</p>
      </Notice>
    )
  }
  if (asOf !== undefined) return <Lazy load={loadPast} />
  return (
    <div class={slot === null ? 'floor' : 'floor has-drawer'}>
      <h1 class="unseen">{words.floor}</h1>
      <Counters />
      <div class="floor-main">
        {slot === null && find === undefined && <Tour />}
        <div class="floor-plan">
          {store.asTable.value ? (
            <Lazy load={loadTable} />
          ) : (
            <PlanCanvas selected={slot} found={looking.slots} finding={find ?? null} onSelect={select} />
          )}
          <div class="floor-switch">
            <IconButton
              icon="history"
              label={words.timeMachine}
              onClick={() => store.go({ page: 'floor', slot: null, asOf: store.now.peek() })}
            />
            <IconButton
              icon={store.asTable.value ? 'floor' : 'table'}
              label={store.asTable.value ? words.showPlan : words.showTable}
              onClick={() => {
                store.asTable.value = !store.asTable.value
              }}
            />
          </div>
        </div>
        {slot === null && find !== undefined ? (
          <FoundPanel find={find} looking={looking} />
        ) : slot === null ? (
          <NeedsYou />
        ) : (
          <SlotDrawer code={slot} onClose={() => select(null)} />
        )}
      </div>
    </div>
  )
}

/** The shape of what is coming, never a lone spinner. */
export function FloorSkeleton() {
  const words = useStore().words.value
  return (
    <div class="floor" aria-busy="true">
      <div class="counters skeleton" aria-hidden="true" />
      <div class="floor-main">
        <div class="floor-plan">
          <div class="plan-skeleton">
            <p>{words.firstLoad}</p>
          </div>
        </div>
        <aside class="needs-you skeleton" aria-hidden="true" />
      </div>
    </div>
  )
}

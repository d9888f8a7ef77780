import { useSignal } from '@preact/signals'
import { slotStates } from '../../../shared/board.ts'
import { trusts } from '../core/trust.ts'
import { useStore } from '../live/store.ts'
import { Link } from '../parts/link.tsx'
import { SensorTable } from '../parts/sensor-table.tsx'
import { WideRows } from '../parts/wide-rows.tsx'

const perPage = 100

/** Every fact of the plan in words and numbers. */
export function FloorTable() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const page = useSignal(0)
  const only = useSignal<string>('')
  const board = store.board.value
  if (board === null) return null
  const zones = new Map(board.map.zones.map(({ id, name }) => [id, name]))
  const rows = board.map.slots
    .map((slot, index) => ({ slot, index, state: slotStates[board.slotState[index] ?? 2] ?? 'unknown' }))
    .filter(({ state }) => only.value === '' || state === only.value)
  const pages = Math.max(1, Math.ceil(rows.length / perPage))
  const at = Math.min(page.value, pages - 1)
  const names = { empty: words.slotEmpty, occupied: words.slotOccupied, unknown: words.slotUnknown }
  return (
    <section class="page table-view" aria-label={words.showTable}>
      <div class="table-tools">
        <label>
          {words.state}{' '}
          <select
            value={only.value}
            onChange={(event) => {
              only.value = event.currentTarget.value
              page.value = 0
            }}
          >
            <option value="">{words.filterAll}</option>
            {slotStates.map((state) => (
              <option key={state} value={state}>
                {names[state]}
              </option>
            ))}
          </select>
        </label>
        <span class="quiet">{words.rows(rows.length, format.number(rows.length))}</span>
        <span class="pager">
          <button type="button" class="button" disabled={at === 0} onClick={() => page.value--}>
            {words.previous}
          </button>
          <span>
            {format.number(at + 1)} / {format.number(pages)}
          </span>
          <button type="button" class="button" disabled={at >= pages - 1} onClick={() => page.value++}>
            {words.next}
          </button>
        </span>
      </div>
      <WideRows label={words.floor}>
        <thead>
          <tr>
            <th scope="col">{words.slotCode}</th>
            <th scope="col">{words.zone}</th>
            <th scope="col">{words.state}</th>
            <th scope="col" class="number">
              {words.itemsByTag}
            </th>
            <th scope="col">{words.lastEvidence}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(at * perPage, (at + 1) * perPage).map(({ slot, index, state }) => {
            const asOf = board.slotAsOf[index] ?? 0
            const trust = trusts[store.trust.value?.slots[index] ?? 0]
            return (
              <tr key={slot.id}>
                <td>
                  <Link to={{ page: 'floor', slot: slot.id }} class="mono">
                    {slot.id}
                  </Link>
                </td>
                <td>{zones.get(slot.zone) ?? slot.zone}</td>
                <td>
                  <span class={`swatch ${state}`} aria-hidden="true" />
                  {names[state]}
                  {trust !== 'current' && <span class="quiet"> · {words.legendNoData}</span>}
                </td>
                <td class="number">
                  {state === 'unknown' && asOf === 0 ? '–' : format.number(board.slotItems[index] ?? 0)}
                </td>
                <td>{asOf === 0 ? words.noEvidence : format.ago(store.now.value - asOf)}</td>
              </tr>
            )
          })}
        </tbody>
      </WideRows>
      <h2>{words.sensors}</h2>
      <SensorTable />
    </section>
  )
}

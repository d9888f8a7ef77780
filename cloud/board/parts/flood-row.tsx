import { areaName, type Flood, mostly, unseenOf } from '../core/alert-floods.ts'
import { useStore } from '../live/store.ts'
import { Mark } from './mark.tsx'

/** Many alerts of one operator area at once, in one line that opens; what nobody has of them is acknowledged in one go. */
export function FloodRow({
  flood,
  isOpen,
  onOpen,
}: {
  readonly flood: Flood
  readonly isOpen: boolean
  readonly onOpen: () => void
}) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const { alerts, area, fromAt, toAt } = flood
  const unseen = unseenOf(flood)
  const place = areaName(store.board.value?.map, area) ?? words.noZone
  const { name, count } = mostly(flood)
  const severity = Math.min(...alerts.map((alert) => alert.severity))
  const title = words.floodOf(alerts.length, format.number(alerts.length), place)
  return (
    <li class={`alert-row flood ${unseen.length > 0 ? 'active' : 'acknowledged'}`}>
      <Mark severity={severity} state={unseen.length > 0 ? 'active' : 'acknowledged'} size={32} />
      <div class="alert-what">
        <div class="alert-title">
          <button type="button" class="alert-open" aria-expanded={isOpen} onClick={onOpen}>
            {title}
          </button>
        </div>
        <div class="alert-where">{words.floodMostly(format.number(count), name)}</div>
        <div class="alert-state">
          {words.floodWithin(format.age(Math.max(1000, toAt - fromAt)))}
          {' · '}
          <b>{words.floodUnseen(unseen.length, format.number(unseen.length))}</b>
        </div>
      </div>
      <div class="alert-actions">
        {unseen.length > 0 && (
          <button
            type="button"
            class="button"
            aria-label={`${words.floodAcknowledge(format.number(unseen.length))}: ${title}`}
            onClick={() => {
              for (const alert of unseen) store.acknowledge(alert)
            }}
          >
            {words.floodAcknowledge(format.number(unseen.length))}
          </button>
        )}
      </div>
    </li>
  )
}

import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type AlertGroup, alertGroups } from '../core/alert-groups.ts'
import { useStore } from '../live/store.ts'
import { Mark } from './mark.tsx'
import { Owner } from './owner.tsx'

/** The worst few: what, where, how long, who has it. As many as have room, never a scroll of them. */
export function WallAlerts({ most, fontPx }: { readonly most: number; readonly fontPx: number }) {
  const store = useStore()
  const words = store.words.value
  const groups = alertGroups(store.alerts.value)
  const list = useRef<HTMLUListElement>(null)
  const asked = `${groups.map(({ alert }) => alert.id).join()} ${store.preferences.value.language} ${fontPx} ${most}`
  const [fit, setFit] = useState({ asked, rows: most })
  const rows = fit.asked === asked ? fit.rows : most
  useLayoutEffect(() => {
    const element = list.current
    // Names are of any length: what does not fit whole is taken away, row by row.
    if (element !== null && rows > 1 && element.scrollHeight > element.clientHeight + 1)
      setFit({ asked, rows: rows - 1 })
  })
  const shown = groups.slice(0, rows)
  const hidden = groups.slice(rows).reduce((sum, { count }) => sum + count, 0)
  return (
    <section class="wall-alerts" aria-label={words.needsYou}>
      {groups.length === 0 ? (
        <p class="all-well">{words.nothingNeedsYou}</p>
      ) : (
        <ul ref={list}>
          {shown.map((group) => (
            <WallAlert key={group.alert.id} group={group} />
          ))}
        </ul>
      )}
      {hidden > 0 && <p class="wall-more">{words.moreAlerts(store.format.value.number(hidden))}</p>}
    </section>
  )
}

function WallAlert({ group: { alert, count, raisedAt } }: { readonly group: AlertGroup }) {
  const store = useStore()
  const { format } = store
  const map = store.board.value?.map
  const place =
    map?.zones.find(({ id }) => id === alert.zone)?.name ??
    map?.sensors.find(({ id }) => id === alert.subject)?.name ??
    alert.subject
  const until = alert.clearedAt === null ? store.now.value : Date.parse(alert.clearedAt)
  return (
    <li class={`wall-alert ${alert.state}`}>
      <Mark severity={alert.severity} state={alert.state} size="1.7em" />
      <div>
        <strong>{alert.name}</strong>
        {count > 1 && <b class="wall-count"> × {format.value.number(count)}</b>}
        <div class="bits">
          <span>{place}</span>
          <span>{format.value.age(until - raisedAt)}</span>
          <Owner alert={alert} />
        </div>
      </div>
    </li>
  )
}

import { isOpen } from '../core/alert-order.ts'
import { useStore } from '../live/store.ts'
import { AlertRow } from './alert-row.tsx'
import { Link } from './link.tsx'

const shown = 5

/** The few things that ask for somebody, worst first; never a scroll of them. */
export function NeedsYou() {
  const store = useStore()
  const words = store.words.value
  const alerts = store.alerts.value.filter(isOpen)
  return (
    <aside class="needs-you" aria-label={words.needsYou}>
      <header>
        <h2>{words.needsYou}</h2>
        <Link to={{ page: 'alerts' }}>{words.allAlerts}</Link>
      </header>
      {alerts.length === 0 ? (
        <p class="all-well">{words.nothingNeedsYou}</p>
      ) : (
        <ul>
          {alerts.slice(0, shown).map((alert) => (
            <AlertRow key={alert.id} alert={alert} isBrief />
          ))}
        </ul>
      )}
      {alerts.length > shown && (
        <Link to={{ page: 'alerts' }} class="more">
          {words.moreAlerts(store.format.value.number(alerts.length - shown))}
        </Link>
      )}
    </aside>
  )
}

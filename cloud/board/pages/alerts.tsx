import { useSignal } from '@preact/signals'
import type { Alert } from '../../../shared/api.ts'
import { askAll } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { AlertRow } from '../parts/alert-row.tsx'
import { RefusalNotice } from '../parts/notice.tsx'
import { useAnswer } from '../parts/use-answer.ts'

const historyRows = 100

/** The inbox: what is open, worst first; and what is over. */
export function AlertsPage() {
  const store = useStore()
  const words = store.words.value
  const tab = useSignal<'open' | 'over'>('open')
  const open = store.alerts.value
  const count = store.format.value.number(open.length)
  return (
    <section class="page">
      <h1>{words.alerts}</h1>
      <div class="tabs" role="tablist" aria-label={words.alerts}>
        {(['open', 'over'] as const).map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={tab.value === name}
            onClick={() => (tab.value = name)}
          >
            {name === 'open' ? `${words.openAlerts} (${count})` : words.overAlerts}
          </button>
        ))}
      </div>
      {store.board.value === null ? (
        <p class="quiet">{words.searching}</p>
      ) : tab.value === 'over' ? (
        <PastAlerts />
      ) : open.length === 0 ? (
        <p class="all-well big">{words.noOpenAlerts}</p>
      ) : (
        <ul class="alert-list">
          {open.map((alert) => (
            <AlertRow key={alert.id} alert={alert} />
          ))}
        </ul>
      )}
    </section>
  )
}

function PastAlerts() {
  const store = useStore()
  const words = store.words.value
  const site = store.board.value?.site ?? ''
  const { answer, again } = useAnswer(site, (signal) =>
    askAll<Alert>(`/sites/${encodeURIComponent(site)}/alerts`, { state: 'normal' }, historyRows, signal),
  )
  const got = answer.value
  if (got === null) return <p class="quiet">{words.searching}</p>
  if (!got.ok) return <RefusalNotice refusal={got} onRetry={again} />
  if (got.value.length === 0) return <p class="quiet">{words.noPastAlerts}</p>
  return (
    <ul class="alert-list">
      {[...got.value]
        .sort((a, b) => b.raisedAt.localeCompare(a.raisedAt))
        .map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
    </ul>
  )
}

import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { alertIn } from '../../../shared/alert-words.ts'
import type { Alert } from '../../../shared/api.ts'
import { areaOf } from '../../../shared/area-of.ts'
import { type Flood, type InboxRow, inboxRows } from '../core/alert-floods.ts'
import { type AlertKey, alertKeys, type InboxTab, inboxOf, inboxTabs } from '../core/alert-inbox.ts'
import { askAll } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { AlertDesk, type DeskWish } from '../parts/alert-desk.tsx'
import { AlertReport } from '../parts/alert-report.tsx'
import { AlertRow } from '../parts/alert-row.tsx'
import { AreaPlan } from '../parts/area-plan.tsx'
import { FloodRow } from '../parts/flood-row.tsx'
import { isThere, NotThere } from '../parts/not-there.tsx'
import { SilencePlan } from '../parts/silence-plan.tsx'
import { useAnswer } from '../parts/use-answer.ts'
import { isTyping } from '../plan/plan-canvas.tsx'

const historyRows = 100
const askEveryMs = 5_000

/** The inbox: what is open, worst first; what is kept quiet; what is over; what is silent by plan; and how well it all serves. */
export function AlertsPage() {
  const store = useStore()
  const words = store.words.value
  const tab = useSignal<InboxTab>('open')
  const area = useSignal('')
  const { areas = [] } = store.board.value?.map ?? {}
  // An area that somebody took away in the meantime is none.
  const chosen = areas.some(({ id }) => id === area.value) ? area.value : ''
  const lists = inboxOf(
    chosen === '' ? store.alerts.value : store.alerts.value.filter(({ zone }) => areaOf(areas, zone) === chosen),
  )
  const number = store.format.value.number
  const names = {
    open: `${words.openAlerts} (${number(lists.open.length)})`,
    quiet: `${words.quietAlerts} (${number(lists.quiet.length)})`,
    over: words.overAlerts,
    planned: words.plannedSilence,
    areas: words.areas,
    report: words.alertReport,
  }
  return (
    <section class="page">
      <h1>{words.alerts}</h1>
      <div class="tabs" role="tablist" aria-label={words.alerts}>
        {inboxTabs.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={tab.value === name}
            onClick={() => (tab.value = name)}
          >
            {names[name]}
          </button>
        ))}
      </div>
      {areas.length > 0 && (tab.value === 'open' || tab.value === 'quiet' || tab.value === 'report') && (
        <label class="area-choice">
          {words.areaShown}
          <select class="field" value={chosen} onChange={({ currentTarget }) => (area.value = currentTarget.value)}>
            <option value="">{words.areaAll}</option>
            {areas.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {store.board.value === null ? (
        <p class="quiet">{words.searching}</p>
      ) : tab.value === 'over' ? (
        <PastAlerts />
      ) : tab.value === 'planned' ? (
        <SilencePlan />
      ) : tab.value === 'areas' ? (
        <AreaPlan />
      ) : tab.value === 'report' ? (
        <AlertReport area={chosen} />
      ) : lists[tab.value].length === 0 ? (
        <p class="all-well big">{tab.value === 'open' ? words.noOpenAlerts : words.noQuietAlerts}</p>
      ) : (
        <>
          <p class="quiet keys-hint">{words.alertKeysHint}</p>
          <AlertList key={tab.value} alerts={lists[tab.value]} isGrouped={tab.value === 'open'} />
        </>
      )}
    </section>
  )
}

const chordMs = 1_200

/** Lines that open. Arrows go from line to line, letters act on the line that has the focus. */
function AlertList({ alerts, isGrouped = false }: { readonly alerts: readonly Alert[]; readonly isGrouped?: boolean }) {
  const store = useStore()
  const opened = useSignal<string | null>(null)
  /** Operator areas whose flood is open. */
  const spread = useSignal<ReadonlySet<string | null>>(new Set())
  const asked = useSignal<DeskWish | null>(null)
  const list = useRef<HTMLUListElement>(null)
  const leaderAt = useRef(Number.NEGATIVE_INFINITY)
  const areas = store.board.value?.map.areas
  const rows: readonly InboxRow[] = isGrouped
    ? inboxRows(alerts, areas)
    : alerts.map((alert) => ({ is: 'alert', alert }))
  const floods = rows.flatMap((row) => (row.is === 'flood' ? [row.flood] : []))
  const isSpread = ({ area }: Flood) => spread.value.has(area)
  /** The alert of each line that is on the page, in order; of a flood none. */
  const lines = rows.flatMap((row) =>
    row.is === 'alert' ? [row.alert] : [undefined, ...(isSpread(row.flood) ? row.flood.alerts : [])],
  )
  const act = (alert: Alert, key: AlertKey) => {
    if (key === 'acknowledge') return void store.acknowledge(alert)
    opened.value = alert.id
    asked.value = { form: key }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!store.preferences.peek().keys || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
      return
    const shown = [...(list.current?.querySelectorAll<HTMLElement>('.alert-open') ?? [])]
    const at = shown.findIndex((row) => row.closest('li')?.contains(event.target as Node))
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      shown[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
      event.preventDefault()
      return
    }
    // "g a" goes to a page, as everywhere else.
    const isChord = event.timeStamp - leaderAt.current < chordMs
    leaderAt.current = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
    const key = alertKeys[event.key as keyof typeof alertKeys]
    const alert = lines[at]
    if (isChord || key === undefined || alert === undefined) return
    act(alert, key)
    event.preventDefault()
    event.stopPropagation()
  }
  const line = (alert: Alert, isInFlood: boolean) => (
    <AlertRow
      key={alert.id}
      alert={alert}
      isInFlood={isInFlood}
      isOpen={opened.value === alert.id}
      onOpen={() => {
        asked.value = null
        opened.value = opened.value === alert.id ? null : alert.id
      }}
    >
      {opened.value === alert.id && <AlertDesk alert={alert} asked={asked.value} />}
    </AlertRow>
  )
  return (
    <ul class="alert-list" ref={list} onKeyDown={onKeyDown}>
      {rows.flatMap((row) => {
        if (row.is === 'alert') return [line(row.alert, false)]
        const { flood } = row
        const isOpen = isSpread(flood)
        const open = () => {
          spread.value = new Set([...spread.value, flood.area].filter((area) => !isOpen || area !== flood.area))
        }
        return [
          <FloodRow key={`flood ${flood.area} ${floods.indexOf(flood)}`} flood={flood} isOpen={isOpen} onOpen={open} />,
          ...(isOpen ? flood.alerts.map((alert) => line(alert, true)) : []),
        ]
      })}
    </ul>
  )
}

function PastAlerts() {
  const store = useStore()
  const words = store.words.value
  const site = store.site.value
  const { answer, again } = useAnswer(
    site,
    (signal) => askAll<Alert>(`/sites/${encodeURIComponent(site)}/alerts`, { state: 'normal' }, historyRows, signal),
    askEveryMs,
  )
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  if (got.value.length === 0) return <p class="quiet">{words.noPastAlerts}</p>
  const { language } = store.preferences.value
  const alerts = got.value.map((alert) => alertIn(language, alert))
  return <AlertList alerts={alerts.sort((a, b) => b.raisedAt.localeCompare(a.raisedAt))} />
}

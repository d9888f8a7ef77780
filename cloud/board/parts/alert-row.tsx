import type { ComponentChildren } from 'preact'
import { extremeOf, leadingValue } from '../../../shared/alert-extreme.ts'
import type { Alert } from '../../../shared/api.ts'
import { severityName } from '../core/words/words.ts'
import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'
import { Mark } from './mark.tsx'
import { Owner } from './owner.tsx'

/** What happened, where, how long, who has it, and what to do about it. */
export function AlertRow({
  alert,
  isBrief,
  isInFlood = false,
  isOpen = false,
  onOpen,
  children,
}: {
  readonly alert: Alert
  readonly isBrief?: boolean
  readonly isInFlood?: boolean
  /** Where the line can be opened: whether it is, and what opens or closes it; `children` is what stands in it. */
  readonly isOpen?: boolean
  readonly onOpen?: () => void
  readonly children?: ComponentChildren
}) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const raisedAt = Date.parse(alert.raisedAt)
  const isRunning = alert.clearedAt === null
  const duration = format.age((alert.clearedAt === null ? store.now.value : Date.parse(alert.clearedAt)) - raisedAt)
  const board = store.board.value
  const place = board?.map.sensors.find(({ id }) => id === alert.subject)?.name ?? alert.subject
  const zone = board?.map.zones.find(({ id }) => id === alert.zone)?.name
  const present = alert.quantity === null ? undefined : board?.sensors.get(alert.subject)?.values[alert.quantity]
  const value = leadingValue(alert, present)
  const failure = store.acknowledgeFailures.value.get(alert.id)
  const isUnseen = alert.state === 'active' || alert.state === 'cleared'
  return (
    <li class={`alert-row ${alert.state}${isBrief ? ' brief' : ''}${isInFlood ? ' in-flood' : ''}`}>
      <Mark severity={alert.severity} state={alert.state} isSilent={alert.silence !== null} size={isBrief ? 26 : 32} />
      <div class="alert-what">
        <div class="alert-title">
          {isBrief ? (
            <Link to={{ page: 'alerts' }}>{alert.name}</Link>
          ) : onOpen === undefined ? (
            alert.name
          ) : (
            <button type="button" class="alert-open" aria-expanded={isOpen} onClick={onOpen}>
              {alert.name}
            </button>
          )}
          {value !== null && alert.quantity !== null && (
            <span class="alert-value">{format.quantity(alert.quantity, value)}</span>
          )}
        </div>
        <div class="alert-where">
          {place}
          {zone !== undefined && zone !== place && ` · ${zone}`}
          {alert.items !== undefined && ` · ${words.alertItems(alert.items, format.number(alert.items))}`}
        </div>
        <div class="alert-state">
          <span class="alert-duration" title={`${words.raised}: ${format.moment(raisedAt)}`}>
            {isRunning ? words.alertFor(duration) : words.alertLasted(duration)}
          </span>
          <HowBad alert={alert} />
          {' · '}
          <Owner alert={alert} />
          {alert.silence === null && alert.state === 'acknowledged' && alert.assignedTo !== null && (
            <> · {words.alertAssigned(alert.assignedTo)}</>
          )}
          {alert.escalation > 0 && (
            <>
              {' · '}
              <b>{words.alertEscalated(format.number(alert.escalation))}</b>
            </>
          )}
          {alert.isPast === true && (
            <>
              {' · '}
              <b>{words.alertPast}</b>
            </>
          )}
          {alert.gateway !== undefined && <> · {words.alertAtGateway(alert.gateway)}</>}
          {alert.times > 1 && <> · {words.alertTimes(format.number(alert.times))}</>}
          {alert.isLatching && alert.state !== 'normal' && <> · {words.alertLatching}</>}
        </div>
        {!isBrief && alert.whatToDo !== '' && (
          <p class="alert-todo">
            <b>{words.whatToDo}:</b> {alert.whatToDo}
          </p>
        )}
        {failure !== undefined && (
          <p class="failure" role="alert">
            {words.acknowledgeFailed(failure)}
          </p>
        )}
      </div>
      <div class="alert-actions">
        {!isBrief && <span class="quiet">{severityName(words, alert.severity)}</span>}
        {isUnseen && (
          <button
            type="button"
            class="button"
            onClick={() => store.acknowledge(alert)}
            aria-label={`${words.acknowledge}: ${alert.name}, ${place}`}
          >
            {words.acknowledge}
          </button>
        )}
      </div>
      {children}
    </li>
  )
}

/** With what it rang and how far it went, where that is not the same. */
function HowBad({ alert }: { readonly alert: Alert }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const { quantity } = alert
  const extreme = extremeOf(alert)
  if (extreme === undefined || quantity === null) return null
  const worst = format.quantity(quantity, extreme.worst)
  const rang = extreme.rang === null ? null : format.quantity(quantity, extreme.rang)
  if (rang === worst) return null
  const time = format.time(Date.parse(extreme.at), store.now.value)
  return (
    <span class="alert-extreme" title={format.moment(Date.parse(extreme.at))}>
      {rang !== null && ` · ${words.alertRangAt(rang)}`}
      {' · '}
      <b>{extreme.is === 'peak' ? words.alertPeaked(worst, time) : words.alertFell(worst, time)}</b>
    </span>
  )
}

import { useSignal } from '@preact/signals'
import { Fragment } from 'preact'
import type { Page } from '../../../shared/api.ts'
import type { AttemptRow, ChannelView, DeliveryRow } from '../../../shared/channel.ts'
import { ask, askAll, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { DeliveryMark } from './delivery-mark.tsx'
import { isThere, NotThere } from './not-there.tsx'
import { RefusalNotice } from './notice.tsx'
import { useAnswer } from './use-answer.ts'
import { WideRows } from './wide-rows.tsx'

const askEveryMs = 2_000
const firstRows = 50
/** More than that is for the API. */
const mostRows = 800
const states = ['waiting', 'delivered', 'spared', 'given-up'] as const

/** Messages to people away from the board, newest first; of each, its attempts when they are asked for. */
export function DeliveryList({ site, channels }: { readonly site: string; readonly channels: readonly ChannelView[] }) {
  const path = `/sites/${encodeURIComponent(site)}`
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const filter = useSignal<DeliveryRow['state'] | null>(null)
  const limit = useSignal(firstRows)
  const opened = useSignal<string | null>(null)
  const refused = useSignal<Refusal | null>(null)
  const { answer, again } = useAnswer<DeliveryRow[]>(
    `${site} ${filter.value} ${limit.value}`,
    (signal) => {
      const query = { limit: String(firstRows), ...(filter.value !== null && { state: filter.value }) }
      return askAll(`${path}/deliveries`, query, limit.value, signal)
    },
    askEveryMs,
  )
  const resend = async ({ id }: DeliveryRow) => {
    const answer = await ask(`${path}/deliveries/${id}/resend`, { method: 'POST', body: {} })
    refused.value = answer.ok ? null : answer
    if (answer.ok) store.say(words.deliveryResent)
    again()
  }
  const got = answer.value
  return (
    <>
      <fieldset class="segments" aria-label={words.deliveryFilter}>
        {[null, ...states].map((state) => (
          <button
            key={state}
            type="button"
            aria-pressed={filter.value === state}
            onClick={() => {
              filter.value = state
              limit.value = firstRows
            }}
          >
            {state === null ? words.deliveryAll : words.deliveryStates[state]}
          </button>
        ))}
      </fieldset>
      {refused.value !== null && <RefusalNotice refusal={refused.value} />}
      {!isThere(got) ? (
        <NotThere answer={got} again={again} />
      ) : got.value.length === 0 ? (
        <p class="quiet">{words.deliveriesNone}</p>
      ) : (
        <WideRows label={words.deliveries}>
          <thead>
            <tr>
              <th scope="col">{words.deliveryState}</th>
              <th scope="col">{words.time}</th>
              <th scope="col">{words.deliveryChannel}</th>
              <th scope="col">{words.deliveryMessage}</th>
              <th scope="col">{words.deliveryReason}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {got.value.map((row) => (
              <Fragment key={row.id}>
                <tr>
                  <td>
                    <DeliveryMark state={row.state} />
                  </td>
                  <td>{format.moment(Date.parse(row.at))}</td>
                  <td>{channels.find(({ id }) => id === row.channel)?.name ?? row.channel}</td>
                  <td lang="en">{row.title}</td>
                  <td class="quiet">
                    <span lang="en">{row.reason}</span>
                    {row.dueAt !== null && row.attempts > 0 && (
                      <div>{words.deliveryDue(format.moment(Date.parse(row.dueAt)))}</div>
                    )}
                  </td>
                  <td class="row-acts">
                    <button
                      type="button"
                      class="button"
                      aria-expanded={opened.value === row.id}
                      onClick={() => {
                        opened.value = opened.value === row.id ? null : row.id
                      }}
                    >
                      {words.deliveryAttempts(format.number(row.attempts))}
                    </button>
                    {row.state !== 'waiting' && (
                      <button
                        type="button"
                        class="button"
                        aria-label={`${words.deliveryResend}: ${row.title}`}
                        onClick={() => void resend(row)}
                      >
                        {words.deliveryResend}
                      </button>
                    )}
                  </td>
                </tr>
                {opened.value === row.id && (
                  <tr>
                    <td colSpan={6}>
                      <Attempts path={path} delivery={row} />
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </WideRows>
      )}
      {got?.ok === true && got.value.length >= limit.value && limit.value < mostRows && (
        <p>
          <button type="button" class="button" onClick={() => (limit.value *= 2)}>
            {words.more}
          </button>
        </p>
      )}
    </>
  )
}

function Attempts({ path, delivery }: { readonly path: string; readonly delivery: DeliveryRow }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const { answer, again } = useAnswer<Page<AttemptRow>>(`${delivery.id} ${delivery.attempts}`, (signal) =>
    ask(`${path}/deliveries/${delivery.id}/attempts`, { signal }),
  )
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  return (
    <ol class="attempts">
      {got.value.items.map(({ at, tookMs, outcome, status, said }, index) => (
        <li key={index}>
          {format.moment(Date.parse(at))} · {words.deliveryOutcomes[outcome]}
          {status !== null && ` · ${status}`} · {words.deliveryTook(format.number(tookMs))}{' '}
          <span class="quiet" lang="en">
            {said}
          </span>
        </li>
      ))}
    </ol>
  )
}

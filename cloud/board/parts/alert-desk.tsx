import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Alert, AlertActRow, Page } from '../../../shared/api.ts'
import { shelveTimes } from '../core/alert-inbox.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'
import { isThere, NotThere } from './not-there.tsx'
import { RefusalNotice } from './notice.tsx'
import { useAnswer } from './use-answer.ts'

export type DeskForm = 'shelve' | 'assign' | 'comment'

/** That somebody asked for a form by its key; another each time, so that one that was closed opens again. */
export interface DeskWish {
  readonly form: DeskForm
}

const askEveryMs = 5_000

/** All that may be done about one alert, and what has been done: it opens under the alert's line. */
export function AlertDesk({ alert, asked }: { readonly alert: Alert; readonly asked: DeskWish | null }) {
  const store = useStore()
  const words = store.words.value
  const form = useSignal<DeskForm | null>(asked?.form ?? null)
  const refused = useSignal<Refusal | null>(null)
  const at = `/alerts/${encodeURIComponent(alert.id)}`
  const acts = useAnswer<Page<AlertActRow>>(
    `${at} ${alert.state} ${alert.silence}`,
    (signal) => ask(`${at}/acts`, { signal }),
    askEveryMs,
  )
  // In the same step as the drawing: who types at once must not have the first letters taken for keys of the list.
  useLayoutEffect(() => {
    if (asked !== null) form.value = asked.form
  }, [asked])
  const act = async (name: string, body: object) => {
    const answer = await ask(`${at}/${name}`, { method: 'POST', body })
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return
    form.value = null
    store.say(words.alertActDone(alert.name))
    // The act is in the journal; the projection has it a moment later.
    setTimeout(acts.again, 300)
  }
  const isOver = alert.state === 'normal'
  const open = (name: DeskForm, label: string) => (
    <button
      type="button"
      class="button"
      aria-expanded={form.value === name}
      onClick={() => {
        form.value = form.value === name ? null : name
      }}
    >
      {label}
    </button>
  )
  return (
    <div class="alert-desk">
      {!isOver && (
        <div class="desk-actions">
          {alert.silence === 'shelved' ? (
            <button type="button" class="button" onClick={() => void act('unshelve', {})}>
              {words.unshelve}
            </button>
          ) : (
            open('shelve', words.shelve)
          )}
          {open('assign', words.assign)}
          {open('comment', words.comment)}
          <button type="button" class="button" onClick={() => void act('clear', {})}>
            {words.clearByHand}
          </button>
          {store.board.value?.sensors.has(alert.subject) === true && (
            <Link to={{ page: 'sensors', sensor: alert.subject }} class="button">
              {words.showMeasurements}
            </Link>
          )}
        </div>
      )}
      {!isOver && form.value !== null && (
        <DeskFormFields key={form.value} form={form.value} alert={alert} onAct={act} />
      )}
      {refused.value !== null && <RefusalNotice refusal={refused.value} />}
      <h3>{words.alertActs}</h3>
      <ActList answer={acts.answer.value} />
    </div>
  )
}

function DeskFormFields({
  form,
  alert,
  onAct,
}: {
  readonly form: DeskForm
  readonly alert: Alert
  readonly onAct: (name: string, body: object) => Promise<void>
}) {
  const store = useStore()
  const words = store.words.value
  const text = useSignal(form === 'assign' ? (alert.assignedTo ?? '') : '')
  const forMs = useSignal<number | null>(shelveTimes[0])
  const first = useRef<HTMLInputElement>(null)
  // Before it is painted, for the same reason.
  useLayoutEffect(() => first.current?.focus(), [])
  const label = { shelve: words.shelveWhy, assign: words.assignTo, comment: words.comment }[form]
  const send = () => {
    const said = text.value.trim()
    if (form === 'shelve')
      return onAct('shelve', { ...(forMs.value !== null && { forMs: forMs.value }), comment: said })
    if (form === 'assign') return onAct('assign', { to: said === '' ? null : said })
    return onAct('comment', { comment: said })
  }
  return (
    <form
      class="desk-form"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      {form === 'shelve' && (
        <label>
          {words.shelveFor}
          <select
            class="field"
            value={String(forMs.value)}
            onChange={({ currentTarget }) => {
              forMs.value = currentTarget.value === 'null' ? null : Number(currentTarget.value)
            }}
          >
            {shelveTimes.map((ms) => (
              <option key={ms} value={String(ms)}>
                {ms === null ? words.untilItClears : store.format.value.age(ms)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="grow">
        {label}
        <input
          class="field"
          ref={first}
          required={form !== 'assign'}
          maxLength={form === 'assign' ? 128 : 1000}
          placeholder={form === 'assign' ? words.assignNobody : ''}
          value={text.value}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value
          }}
        />
      </label>
      <button type="submit" class="button primary">
        {{ shelve: words.shelve, assign: words.assign, comment: words.commentSend }[form]}
      </button>
    </form>
  )
}

function ActList({ answer }: { readonly answer: ReturnType<typeof useAnswer<Page<AlertActRow>>>['answer']['value'] }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  if (!isThere(answer)) return <NotThere answer={answer} />
  if (answer.value.items.length === 0) return <p class="quiet">{words.noActs}</p>
  return (
    <ol class="act-list">
      {answer.value.items.map((row) => (
        <li key={`${row.at} ${row.act} ${row.by}`}>
          <time dateTime={row.at}>{format.moment(Date.parse(row.at))}</time>
          <b>{row.by}</b>
          <span>
            {new Map<string, string>(Object.entries(words.actNames)).get(row.act) ?? row.act}
            {row.to !== null && ` → ${row.to}`}
            {row.until !== null && ` · ${words.until(format.moment(Date.parse(row.until)))}`}
          </span>
          {row.comment !== null && <q>{row.comment}</q>}
        </li>
      ))}
    </ol>
  )
}

import { useSignal } from '@preact/signals'
import type { Page } from '../../../shared/api.ts'
import type { MaintenanceWindow } from '../../../shared/maintenance.ts'
import { plannedTimes } from '../core/alert-inbox.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { isThere, NotThere } from './not-there.tsx'
import { RefusalNotice } from './notice.tsx'
import { useAnswer } from './use-answer.ts'

/** Silence by plan: maintenance windows, and what is out of service. None of it is hidden, all of it can be ended. */
export function SilencePlan() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const site = store.site.value
  const { answer, again } = useAnswer<Page<MaintenanceWindow>>(
    site,
    (signal) => ask(windowsAt(site), { signal }),
    5_000,
  )
  const refused = useSignal<Refusal | null>(null)
  const end = async ({ id }: MaintenanceWindow) => {
    const ended = await ask(`${windowsAt(site)}/${encodeURIComponent(id)}`, { method: 'DELETE' })
    refused.value = ended.ok ? null : ended
    setTimeout(again, 300)
  }
  const zones = new Map(store.board.value?.map.zones.map(({ id, name }) => [id, name]))
  const got = answer.value
  return (
    <>
      <NewWindow site={site} onPlanned={() => setTimeout(again, 300)} />
      {refused.value !== null && <RefusalNotice refusal={refused.value} onRetry={again} />}
      {!isThere(got) ? (
        <NotThere answer={got} again={again} />
      ) : got.value.items.length === 0 ? (
        <p class="quiet">{words.noWindows}</p>
      ) : (
        <ul class="wall-list">
          {got.value.items.map((window) => (
            <li key={window.id}>
              <span>
                <b>{window.to === undefined ? words.silencedOutOfService : words.silencedSuppressed}</b>
                {' · '}
                {[
                  window.zone === undefined ? null : (zones.get(window.zone) ?? window.zone),
                  window.subject ?? null,
                  window.rule ?? null,
                ]
                  .filter((scope) => scope !== null)
                  .join(' · ') || words.wholeSite}
                {' · '}
                {window.to === undefined
                  ? words.sinceMoment(format.moment(window.from))
                  : `${format.moment(window.from)} – ${format.moment(window.to)}`}
                <br />
                <q>{window.reason}</q>
              </span>
              <button
                type="button"
                class="button"
                aria-label={`${words.endWindow}: ${window.reason}`}
                onClick={() => void end(window)}
              >
                {words.endWindow}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function NewWindow({ site, onPlanned }: { readonly site: string; readonly onPlanned: () => void }) {
  const store = useStore()
  const words = store.words.value
  const reason = useSignal('')
  const zone = useSignal('')
  const lastsMs = useSignal<number | null>(plannedTimes[0])
  const refused = useSignal<Refusal | null>(null)
  const plan = async () => {
    const from = store.now.peek()
    const id = `board-${Date.now().toString(36)}`
    const answer = await ask(`${windowsAt(site)}/${id}`, {
      method: 'PUT',
      body: {
        reason: reason.value.trim(),
        from,
        ...(lastsMs.value !== null && { to: from + lastsMs.value }),
        ...(zone.value !== '' && { zone: zone.value }),
      },
    })
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return
    reason.value = ''
    onPlanned()
  }
  return (
    <form
      class="desk-form"
      aria-label={words.planSilence}
      onSubmit={(event) => {
        event.preventDefault()
        void plan()
      }}
    >
      <label>
        {words.where}
        <select class="field" value={zone.value} onChange={({ currentTarget }) => (zone.value = currentTarget.value)}>
          <option value="">{words.wholeSite}</option>
          {store.board.value?.map.zones.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {words.shelveFor}
        <select
          class="field"
          value={String(lastsMs.value)}
          onChange={({ currentTarget }) => {
            lastsMs.value = currentTarget.value === 'null' ? null : Number(currentTarget.value)
          }}
        >
          {plannedTimes.map((ms) => (
            <option key={ms} value={String(ms)}>
              {ms === null ? words.untilEnded : store.format.value.age(ms)}
            </option>
          ))}
        </select>
      </label>
      <label class="grow">
        {words.shelveWhy}
        <input
          class="field"
          required
          maxLength={1000}
          value={reason.value}
          onInput={({ currentTarget }) => (reason.value = currentTarget.value)}
        />
      </label>
      <button type="submit" class="button primary">
        {words.planSilence}
      </button>
      {refused.value !== null && <RefusalNotice refusal={refused.value} />}
    </form>
  )
}

const windowsAt = (site: string) => `/sites/${encodeURIComponent(site)}/maintenance`

import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { OperatorArea } from '../../../shared/operator-area.ts'
import {
  areaFlaws,
  areasToSave,
  isSame,
  mostNameCharacters,
  renamed,
  withArea,
  without,
  withZone,
} from '../core/area-draft.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { isThere, NotThere } from './not-there.tsx'
import { RefusalNotice } from './notice.tsx'
import { useAnswer } from './use-answer.ts'
import { useMay } from './use-session.ts'

interface Areas {
  readonly version: number
  readonly areas: readonly OperatorArea[]
}

/** A change is in the journal at once, and in the map when the stock has read it. */
const soonMs = 300
const askEveryMs = 10_000

/** Which zones one operator answers for: told to all, changed by integrators. */
export function AreaPlan() {
  const store = useStore()
  const words = store.words.value
  const site = store.site.value
  const may = useMay()
  const { answer, again } = useAnswer<Areas>(site, (signal) => ask(areasAt(site), { signal }), askEveryMs)
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  return (
    <>
      <p class="quiet">{words.areasHint}</p>
      {may('integrator') ? (
        <AreaForm key={site} site={site} there={got.value} again={again} />
      ) : (
        <AreaList {...got.value} />
      )}
    </>
  )
}

function AreaList({ areas }: Areas) {
  const store = useStore()
  const words = store.words.value
  const names = new Map(store.board.value?.map.zones.map(({ id, name }) => [id, name]))
  if (areas.length === 0) return <p class="big">{words.areasNone}</p>
  return (
    <ul class="wall-list">
      {areas.map(({ id, name, zones }) => (
        <li key={id}>
          <span>
            <b>{name}</b>
            {' · '}
            {store.format.value.list(zones.map((zone) => names.get(zone) ?? zone))}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** What is written stays until it is saved or given up, whatever others change meanwhile. */
function AreaForm({ site, there, again }: { readonly site: string; readonly there: Areas; again(): void }) {
  const store = useStore()
  const words = store.words.value
  /** What is written, and on which version of the map; `null`: nothing is. */
  const draft = useSignal<Areas | null>(null)
  const isChecked = useSignal(false)
  const isBusy = useSignal(false)
  const refused = useSignal<Refusal | null>(null)
  const saved = useSignal<number | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const [, turn] = useState(0)
  /** What gets the focus when it is drawn. */
  const wanted = useRef<string | null>(null)
  const zones = store.board.value?.map.zones ?? []
  const zoneIds = zones.map(({ id }) => id)
  const areas = draft.value?.areas ?? there.areas
  const flaws = isChecked.value ? areaFlaws(areas) : new Map<string, readonly never[]>()
  // In the same step as the drawing: an effect of the drawing before, still due, would look for what is not drawn yet.
  useLayoutEffect(() => {
    const selector = wanted.current
    wanted.current = null
    if (selector !== null) form.current?.querySelector<HTMLElement>(selector)?.focus()
  })
  const change = (next: readonly OperatorArea[]) => {
    const version = draft.value?.version ?? there.version
    saved.value = null
    draft.value = isSame(next, there.areas) && version === there.version ? null : { version, areas: next }
  }
  const leave = () => {
    draft.value = null
    isChecked.value = false
    refused.value = null
    again()
  }
  const save = async ({ version, areas: present }: Areas) => {
    isChecked.value = true
    if (areaFlaws(areas).size > 0) {
      wanted.current = '[aria-invalid="true"]'
      turn((count) => count + 1)
      return
    }
    isBusy.value = true
    const known = present.map(({ id }) => id)
    const body = { version, areas: areasToSave(areas, known, zoneIds) }
    const answer = await ask(areasAt(site), { method: 'PUT', body })
    isBusy.value = false
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return again()
    isChecked.value = false
    saved.value = body.areas.length
    draft.value = { version: version + 1, areas: body.areas }
    setTimeout(again, soonMs)
  }
  // What is in force now is asked for: what is shown of it may still be from before the conflict.
  const keepMine = async () => {
    isBusy.value = true
    const now = await ask<Areas>(areasAt(site))
    isBusy.value = false
    if (now.ok) await save(now.value)
    else refused.value = now
  }
  // What was saved has come back as the map in force.
  if (saved.value !== null && draft.value !== null && there.version >= draft.value.version) draft.value = null
  return (
    <form
      ref={form}
      class="area-form"
      aria-label={words.areas}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy.value && draft.value !== null) void save({ ...there, version: draft.value.version })
      }}
    >
      {areas.length === 0 && <p class="big">{words.areasNone}</p>}
      {areas.map(({ id, name, zones: own }, index) => {
        const wrong = flaws.get(id) ?? []
        const title = name.trim() === '' ? words.areaNew : name
        return (
          <fieldset key={id}>
            <legend>{title}</legend>
            <div class="area-name">
              <label>
                {words.areaName}
                <input
                  class="field"
                  maxLength={mostNameCharacters}
                  autocomplete="off"
                  value={name}
                  aria-invalid={wrong.some((flaw) => flaw !== 'no-zone')}
                  aria-describedby={`area-flaws-${index}`}
                  onInput={({ currentTarget }) => change(renamed(areas, id, currentTarget.value))}
                />
              </label>
              <button
                type="button"
                class="button"
                aria-label={words.areaRemove(title)}
                onClick={() => change(without(areas, id))}
              >
                {words.areaRemoveShort}
              </button>
            </div>
            <div class="area-zones">
              {zones.map((zone) => {
                const other = areas.find((area) => area.id !== id && area.zones.includes(zone.id))
                return (
                  <label key={zone.id} class="switch">
                    <input
                      type="checkbox"
                      checked={own.includes(zone.id)}
                      aria-invalid={wrong.includes('no-zone' as never)}
                      onChange={({ currentTarget }) => change(withZone(areas, id, zone.id, currentTarget.checked))}
                    />
                    <span>
                      {zone.name}
                      {other !== undefined && (
                        <span class="quiet">
                          {' '}
                          {words.areaZoneElsewhere(other.name.trim() === '' ? words.areaNew : other.name)}
                        </span>
                      )}
                    </span>
                  </label>
                )
              })}
            </div>
            <p id={`area-flaws-${index}`} class="field-flaw">
              {wrong.map((flaw) => words.areaFlaws[flaw]).join(' ')}
            </p>
          </fieldset>
        )
      })}
      {refused.value !== null &&
        (refused.value.code === 'conflict' ? (
          <div class="notice area-conflict" role="alert">
            <h2>{words.areasConflictTitle}</h2>
            <p>{words.areasConflict}</p>
            <p class="row-acts">
              <button type="button" class="button" onClick={leave}>
                {words.areasTakeTheirs}
              </button>
              <button type="button" class="button" disabled={isBusy.value} onClick={() => void keepMine()}>
                {words.areasKeepMine}
              </button>
            </p>
          </div>
        ) : (
          <RefusalNotice refusal={refused.value} />
        ))}
      <p class="row-acts">
        <button
          type="button"
          class="button"
          onClick={() => {
            wanted.current = 'fieldset:last-of-type .field'
            change(withArea(areas, zoneIds))
          }}
        >
          {words.areaAdd}
        </button>
        <button
          type="submit"
          class="button primary"
          disabled={isBusy.value || draft.value === null || saved.value !== null}
        >
          {words.areasSave}
        </button>
        {draft.value !== null && saved.value === null && (
          <button type="button" class="button" onClick={leave}>
            {words.areasDrop}
          </button>
        )}
        <span role="status" class="quiet">
          {saved.value !== null && words.areasSaved}
        </span>
      </p>
    </form>
  )
}

const areasAt = (site: string) => `/sites/${encodeURIComponent(site)}/areas`

import { useSignal } from '@preact/signals'
import { identifierPattern } from '../../../shared/identifier-pattern.ts'
import { knownZone } from '../core/format.ts'
import { mostSlots } from '../core/map/rack-pattern.ts'
import { firstMap, siteIdOf } from '../core/setup.ts'
import { languages } from '../core/words/words.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Link } from '../parts/link.tsx'
import { RefusalNotice } from '../parts/notice.tsx'
import { useSetupWords } from './use-setup-words.ts'

const counts = ['aisles', 'racks', 'levels', 'positions'] as const

/** Makes a site out of a name and a pattern of racks; of one that is there it says what it is. */
export function SiteStep() {
  const store = useStore()
  const words = useSetupWords()
  const format = store.format.value
  const map = store.board.value?.map
  if (map === undefined) return <NewSiteForm />
  return (
    <>
      <p>{words.siteIs(map.name, map.timeZone, format.number(map.slots.length))}</p>
      <p>
        <Link to={{ page: 'map' }} class="button">
          {store.words.value.mapEditor}
        </Link>
      </p>
    </>
  )
}

function NewSiteForm() {
  const store = useStore()
  const words = useSetupWords()
  const format = store.format.value
  const name = useSignal('')
  const id = useSignal<string | null>(null)
  const timeZone = useSignal(Intl.DateTimeFormat().resolvedOptions().timeZone)
  const numbers = useSignal({ aisles: '4', racks: '6', levels: '3', positions: '3' })
  const isMade = useSignal(false)
  const isBusy = useSignal(false)
  const refused = useSignal<Refusal | null>(null)
  const site = id.value ?? siteIdOf(name.value)
  const { aisles, racks, levels, positions } = numbers.value
  const result = firstMap({
    site,
    name: name.value.trim(),
    timeZone: timeZone.value.trim(),
    ...{ aisles: Number(aisles), racks: Number(racks), levels: Number(levels), positions: Number(positions) },
    zoneNames: { dock: words.dock, racks: words.zoneRacks },
  })
  const isZone = knownZone(timeZone.value.trim()) === timeZone.value.trim()
  const make = async () => {
    if (!result.ok) return
    isBusy.value = true
    const answer = await ask(`/sites/${encodeURIComponent(site)}/map`, { method: 'PUT', body: result.map })
    isBusy.value = false
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return
    isMade.value = true
    store.prefer({ site })
    store.retry()
  }
  if (isMade.value) return <p role="status">{words.siteMaking}</p>
  return (
    <form
      class="wall-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy.value && result.ok && isZone) void make()
      }}
    >
      <label>
        {words.language}
        <select
          value={store.preferences.value.language}
          onChange={(event) =>
            store.prefer({ language: languages.find((one) => one === event.currentTarget.value) ?? 'en' })
          }
        >
          <option value="en" lang="en">
            English
          </option>
          <option value="zh-CN" lang="zh-CN">
            简体中文
          </option>
        </select>
      </label>
      <label>
        {words.siteName}
        <input
          required
          maxLength={128}
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value
          }}
        />
      </label>
      <label>
        {words.siteId}
        <input
          class="mono"
          required
          pattern={identifierPattern.source.slice(1, -1).replace('.-]', '.\\-]')}
          title={words.siteIdHint}
          value={site}
          onInput={(event) => {
            id.value = event.currentTarget.value
          }}
        />
      </label>
      <label>
        {words.timeZone}
        <input
          required
          list="time-zones"
          value={timeZone.value}
          aria-invalid={!isZone}
          aria-describedby="time-zone-flaw"
          onInput={(event) => {
            timeZone.value = event.currentTarget.value
          }}
        />
        <span id="time-zone-flaw">{isZone ? '' : words.notAZone}</span>
        <datalist id="time-zones">
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </label>
      {counts.map((key) => (
        <label key={key}>
          {words[key]}
          <input
            type="number"
            min="1"
            required
            value={numbers.value[key]}
            onInput={(event) => {
              numbers.value = { ...numbers.value, [key]: event.currentTarget.value }
            }}
          />
        </label>
      ))}
      <p class="wide" role="status">
        {result.ok
          ? words.slotCount(result.map.slots.length, format.number(result.map.slots.length))
          : result.flaws.some(({ flaw }) => flaw === 'too-many')
            ? words.tooMany(format.number(mostSlots))
            : words.notACount}
      </p>
      {refused.value !== null && (
        <div class="wide">
          <RefusalNotice refusal={refused.value} />
        </div>
      )}
      <p class="wide">
        <button type="submit" class="button primary" disabled={isBusy.value || !result.ok}>
          {words.siteMake}
        </button>
      </p>
    </form>
  )
}

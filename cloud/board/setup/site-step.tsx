import { useSignal } from '@preact/signals'
import { knownZone } from '../core/format.ts'
import { mostSlots } from '../core/map/rack-pattern.ts'
import { emptySite, firstMap, siteIdOf } from '../core/setup.ts'
import { languages } from '../core/words/words.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { IdentifierField } from '../parts/identifier-field.tsx'
import { Link } from '../parts/link.tsx'
import { RefusalNotice } from '../parts/notice.tsx'
import { Paste } from './gateway-step.tsx'
import { useSetupWords } from './use-setup-words.ts'

const ways = ['pattern', 'own', 'demo'] as const
const mostMetres = 10_000
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
  const way = useSignal<(typeof ways)[number]>('pattern')
  const size = useSignal({ width: '60', depth: '40' })
  const isMade = useSignal(false)
  const isBusy = useSignal(false)
  const refused = useSignal<Refusal | null>(null)
  // A name without one Latin letter gives none.
  const site = id.value ?? (siteIdOf(name.value) || (name.value.trim() === '' ? '' : 'site-1'))
  const { aisles, racks, levels, positions } = numbers.value
  const byPattern = firstMap({
    site,
    name: name.value.trim(),
    timeZone: timeZone.value.trim(),
    ...{ aisles: Number(aisles), racks: Number(racks), levels: Number(levels), positions: Number(positions) },
    zoneNames: { dock: words.dock, racks: words.zoneRacks },
  })
  const [width, depth] = [Number(size.value.width), Number(size.value.depth)]
  const isSize = [width, depth].every((metres) => metres >= 1 && metres <= mostMetres)
  const own = { site, name: name.value.trim(), timeZone: timeZone.value.trim(), width, depth }
  const map =
    way.value === 'own'
      ? isSize
        ? emptySite({ ...own, zoneName: words.zoneRacks })
        : null
      : byPattern.ok
        ? byPattern.map
        : null
  const isZone = knownZone(timeZone.value.trim()) === timeZone.value.trim()
  const make = async () => {
    if (map === null) return
    isBusy.value = true
    const answer = await ask(`/sites/${encodeURIComponent(site)}/map`, { method: 'PUT', body: map })
    isBusy.value = false
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return
    isMade.value = true
    store.prefer({ site })
    store.retry()
    if (way.value === 'own') store.go({ page: 'map' })
  }
  if (isMade.value) return <p role="status">{words.siteMaking}</p>
  const choice = (
    <fieldset class="wide setup-ways">
      <legend>{words.begin}</legend>
      {ways.map((one) => (
        <label key={one}>
          <input type="radio" name="way" checked={way.value === one} onChange={() => (way.value = one)} />
          {words.beginWays[one]}
        </label>
      ))}
    </fieldset>
  )
  if (way.value === 'demo')
    return (
      <div class="wall-form">
        {choice}
        <p class="wide">{words.beginDemo}</p>
        <div class="wide">
          <Paste text="npx warepulse demo" />
        </div>
      </div>
    )
  return (
    <form
      class="wall-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy.value && map !== null && isZone) void make()
      }}
    >
      {choice}
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
      <IdentifierField
        label={words.siteId}
        hint={words.siteIdHint}
        value={site}
        onInput={(value) => {
          id.value = value
        }}
      />
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
      {way.value === 'own' &&
        (['width', 'depth'] as const).map((key) => (
          <label key={key}>
            {key === 'width' ? words.floorWidth : words.floorDepth}
            <input
              type="number"
              min="1"
              max={mostMetres}
              step="any"
              required
              value={size.value[key]}
              onInput={(event) => {
                size.value = { ...size.value, [key]: event.currentTarget.value }
              }}
            />
          </label>
        ))}
      {way.value === 'pattern' &&
        counts.map((key) => (
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
        {way.value === 'own'
          ? !isSize && words.notASize
          : byPattern.ok
            ? words.slotCount(byPattern.map.slots.length, format.number(byPattern.map.slots.length))
            : byPattern.flaws.some(({ flaw }) => flaw === 'too-many')
              ? words.tooMany(format.number(mostSlots))
              : words.notACount}
      </p>
      {refused.value !== null && (
        <div class="wide">
          <RefusalNotice refusal={refused.value} />
        </div>
      )}
      <p class="wide">
        <button type="submit" class="button primary" disabled={isBusy.value || map === null}>
          {way.value === 'own' ? words.siteMakeOwn : words.siteMake}
        </button>
      </p>
    </form>
  )
}

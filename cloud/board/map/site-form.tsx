import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { type SiteField, siteFields, withSiteField } from '../core/map/site-fields.ts'
import { useEditor, useMapWords } from './use-editor.ts'

/** What the map says of the whole site; like every row it goes into the draft. */
export function SiteForm({ onLeave }: { readonly onLeave: () => void }) {
  const words = useMapWords()
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => heading.current?.focus(), [])
  return (
    <form
      class="wall-form map-form"
      aria-labelledby="map-site-title"
      onSubmit={(event) => {
        event.preventDefault()
        onLeave()
      }}
    >
      <h2 id="map-site-title" class="wide" ref={heading} tabIndex={-1}>
        {words.site}
      </h2>
      <p class="wide quiet">{words.siteHint}</p>
      {siteFields.map((field) => (
        <Field key={field} field={field} />
      ))}
      <datalist id="map-time-zones">
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <p class="wide row-acts">
        <button type="submit" class="button">
          {words.close}
        </button>
      </p>
    </form>
  )
}

function Field({ field }: { readonly field: SiteField }) {
  const editor = useEditor()
  const words = useMapWords()
  /** What was typed and is no number; the draft keeps what it had. */
  const rejected = useSignal<string | null>(null)
  const flaw = editor.problems.value.find((problem) => problem.kind === 'site' && problem.field === field)?.flaw
  const wrong = rejected.value !== null ? words.notANumber : flaw === undefined ? null : words.flaws[flaw]
  const isNumber = field === 'width' || field === 'depth'
  const put = (text: string) => {
    const metres = Number(text.replace(',', '.'))
    rejected.value = isNumber && (text === '' || !Number.isFinite(metres)) ? text : null
    if (rejected.value === null) editor.change(withSiteField(editor.map.peek(), field, isNumber ? metres : text))
  }
  return (
    <label class={isNumber ? '' : 'two'}>
      {words.fieldNames[field]}
      <input
        inputMode={isNumber ? 'decimal' : 'text'}
        maxLength={128}
        spellcheck={false}
        autocomplete="off"
        list={field === 'timeZone' ? 'map-time-zones' : undefined}
        aria-invalid={wrong !== null}
        aria-describedby={`map-site-${field}`}
        value={rejected.value ?? String(editor.map.value[field])}
        onChange={(event) => put(event.currentTarget.value.trim())}
      />
      <small id={`map-site-${field}`} class={wrong === null ? 'quiet' : 'doubt'} role="status">
        {wrong ?? (field === 'timeZone' ? words.timeZoneHint : '')}
      </small>
    </label>
  )
}

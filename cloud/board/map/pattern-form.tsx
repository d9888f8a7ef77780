import { type Signal, useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Slot } from '../../../shared/site-map.ts'
import { withRacks } from '../core/map/edit.ts'
import { examplePattern, type PatternFlaw, type RackPattern, slotsByPattern } from '../core/map/rack-pattern.ts'
import { useStore } from '../live/store.ts'
import { useEditor, useMapWords } from './use-editor.ts'

type NumberField = {
  [K in keyof RackPattern]: RackPattern[K] extends number ? K : never
}[keyof RackPattern]
const counts = ['aisles', 'firstAisle', 'racks', 'firstRack', 'levels', 'firstLevel', 'positions'] as const
const lengths = ['x', 'y', 'slotWidth', 'slotDepth', 'aisleWidth', 'rackGap', 'backGap'] as const

/** Racks as people describe them, shown on the plan before they are made. */
export function PatternForm({
  ghosts,
  onLeave,
}: {
  readonly ghosts: Signal<readonly Slot[]>
  readonly onLeave: () => void
}) {
  const store = useStore()
  const editor = useEditor()
  const words = useMapWords()
  const format = store.format.value
  const said = words.pattern
  const first = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => first.current?.focus(), [])
  const pattern = useSignal<RackPattern>({ ...examplePattern, zone: editor.map.peek().zones[0]?.id ?? 'racks' })
  const made = useComputed(() => slotsByPattern(pattern.value))
  const movedThere = useComputed(() => {
    const slots = made.value.ok ? new Set(made.value.slots.map(({ id }) => id)) : new Set<string>()
    return editor.map.value.slots.filter(({ id }) => slots.has(id)).length
  })
  useSignalEffect(() => {
    ghosts.value = made.value.ok ? made.value.slots : []
  })
  useEffect(
    () => () => {
      ghosts.value = []
    },
    [],
  )
  const change = (part: Partial<RackPattern>) => {
    pattern.value = { ...pattern.value, ...part }
  }
  const numberField = (field: NumberField, step: number) => (
    <label key={field}>
      {said[field as keyof typeof said]}
      <input
        type="number"
        required
        step={step === 1 ? 1 : 'any'}
        value={pattern.value[field]}
        onInput={(event) => change({ [field]: event.currentTarget.valueAsNumber })}
      />
    </label>
  )
  const result = made.value
  const apply = () => {
    if (!result.ok) return
    editor.change(withRacks(editor.map.peek(), result.slots))
    editor.choose('slots')
    store.say(words.patternDone(result.slots.length, format.number(result.slots.length)))
    onLeave()
  }
  return (
    <form
      class="wall-form map-form"
      aria-label={words.byPattern}
      onSubmit={(event) => {
        event.preventDefault()
        apply()
      }}
    >
      <h2 class="wide">{words.byPattern}</h2>
      <label>
        {said.zone}
        <input
          ref={first}
          required
          maxLength={64}
          list="pattern-zones"
          value={pattern.value.zone}
          onInput={(event) => change({ zone: event.currentTarget.value.trim() })}
        />
        <datalist id="pattern-zones">
          {editor.map.value.zones.slice(0, 200).map(({ id }) => (
            <option key={id} value={id} />
          ))}
        </datalist>
        <small class="quiet">{said.zoneHint}</small>
      </label>
      <label class="two">
        {said.naming}
        <input
          required
          maxLength={100}
          class="mono"
          spellcheck={false}
          value={pattern.value.naming}
          onInput={(event) => change({ naming: event.currentTarget.value.trim() })}
        />
        <small class="quiet">{said.namingHint}</small>
      </label>
      {counts.map((field) => numberField(field, 1))}
      <label>
        {said.sides}
        <select
          value={pattern.value.sides}
          onChange={(event) => change({ sides: event.currentTarget.value === 'left' ? 'left' : 'both' })}
        >
          <option value="both">{said.sidesBoth}</option>
          <option value="left">{said.sidesLeft}</option>
        </select>
      </label>
      {(['leftName', 'rightName'] as const).map((field, side) => (
        <label key={field}>
          {said[field]}
          <input
            maxLength={16}
            value={pattern.value.sideNames[side]}
            onInput={(event) => {
              const name = event.currentTarget.value.trim()
              const [left, right] = pattern.value.sideNames
              change({ sideNames: side === 0 ? [name, right] : [left, name] })
            }}
          />
        </label>
      ))}
      <label>
        {said.direction}
        <select
          value={pattern.value.direction}
          onChange={(event) => change({ direction: event.currentTarget.value === 'down' ? 'down' : 'right' })}
        >
          <option value="right">{said.directionRight}</option>
          <option value="down">{said.directionDown}</option>
        </select>
      </label>
      {lengths.map((field) => numberField(field, 0.1))}
      <div class="wide map-form-foot">
        <div role="status">
          {result.ok ? (
            <p>
              {words.patternMakes(
                result.slots.length,
                format.number(result.slots.length),
                result.slots[0]?.id ?? '',
                result.slots.at(-1)?.id ?? '',
              )}
              {movedThere.value > 0 && <strong> {words.patternMoves(format.number(movedThere.value))}</strong>}
            </p>
          ) : (
            <ul class="troubles">
              {result.flaws.map((flaw) => (
                <li key={JSON.stringify(flaw)} class="doubt">
                  {flawText(flaw)}
                </li>
              ))}
            </ul>
          )}
        </div>
        <p class="row-acts">
          <button type="submit" class="button primary" disabled={!result.ok}>
            {result.ok ? words.patternApply(result.slots.length, format.number(result.slots.length)) : words.byPattern}
          </button>
          <button type="button" class="button" onClick={onLeave}>
            {words.close}
          </button>
        </p>
      </div>
    </form>
  )

  function flawText(flaw: PatternFlaw): string {
    switch (flaw.flaw) {
      case 'too-many':
        return words.patternTooMany(format.number(flaw.slots), format.number(flaw.most))
      case 'not-a-count':
        return words.patternNotACount(said[flaw.field as keyof typeof said])
      case 'not-a-length':
        return words.patternNotALength(said[flaw.field as keyof typeof said])
      case 'unknown-part':
        return words.patternUnknownPart(flaw.part)
      case 'not-a-name':
        return words.patternNotAName(flaw.name)
      case 'twice':
        return words.patternTwice(flaw.name)
    }
  }
}

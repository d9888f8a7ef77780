import type { ComponentChildren } from 'preact'
import { isQuantity, quantities } from '../../../shared/quantity.ts'
import { durationText, durationUnits } from '../core/duration-text.ts'
import type { Flaw, RuleDraft } from '../core/rule-draft.ts'
import { quantityAsked, type RuleField } from '../core/rule-fields.ts'
import { nameIn } from '../core/words/rule-words.ts'
import { quantityName, severityName } from '../core/words/words.ts'
import { useStore } from '../live/store.ts'
import { ScheduleField } from './schedule-field.tsx'
import { useRuleWords } from './use-rule-words.ts'

interface Props {
  readonly kind: string
  readonly field: RuleField
  readonly values: RuleDraft['values']
  readonly flaw: Flaw | undefined
  onChange(key: string, value: string | boolean): void
  onTouch(): void
}

/** Rules stand in the units of the wire, whatever this browser shows. */
const inItsUnit: readonly string[] = ['limit', 'clearAt', 'low', 'high', 'deadBand', 'change']

/** One field of a rule, with what is wrong with it right below. */
export function RuleFieldInput(props: Props) {
  const words = useRuleWords()
  const { field, values, flaw, onChange, onTouch } = props
  const { key, form } = field
  const quantity = quantityAsked(props.kind, values)
  const unit = inItsUnit.includes(key) && isQuantity(quantity) ? quantities[quantity].symbol : ''
  const name = `${nameIn(words.fieldNames, key)}${unit === '' ? '' : ` (${unit})`}`
  const said = values[key]
  if (form === 'switch')
    return (
      <label class="switch">
        <input
          type="checkbox"
          checked={said === true}
          onChange={(event) => onChange(key, event.currentTarget.checked)}
        />
        {name}
      </label>
    )
  const hint = Object.hasOwn(words.fieldHints, key) ? nameIn(words.fieldHints, key) : ''
  const isWide = form === 'prose' || form === 'yaml' || form === 'lines' || form === 'sensors'
  const remarks = (
    <>
      {flaw !== undefined && (
        <span id={`flaw-${key}`} class="field-flaw">
          <FlawSaid flaw={flaw} of={key} />
        </span>
      )}
      {hint !== '' && (
        <span id={`hint-${key}`} class="quiet field-hint">
          {hint}
        </span>
      )}
    </>
  )
  if (form === 'schedule')
    return (
      <ScheduleField name={name} values={values} onChange={onChange} isFlawed={flaw !== undefined}>
        {remarks}
      </ScheduleField>
    )
  return (
    <div class={isWide ? 'wide rule-field' : 'rule-field'} onFocusOut={onTouch}>
      <label for={`rule-${key}`}>
        {name}
        {field.isRequired && <span aria-hidden="true"> *</span>}
      </label>
      <Control {...props} />
      {remarks}
    </div>
  )
}

function Control({ field, values, flaw, onChange }: Props) {
  const store = useStore()
  const words = store.words.value
  const ruleWords = useRuleWords()
  const { key, form, choices, isRequired } = field
  const value = String(values[key] ?? '')
  const common = {
    id: `rule-${key}`,
    'aria-required': isRequired,
    'aria-invalid': flaw !== undefined,
    'aria-describedby': [
      flaw !== undefined ? `flaw-${key}` : '',
      Object.hasOwn(ruleWords.fieldHints, key) ? `hint-${key}` : '',
    ]
      .filter((id) => id !== '')
      .join(' '),
  }
  const select = (options: readonly (readonly [string, string])[]) => (
    <select {...common} value={value} onChange={(event) => onChange(key, event.currentTarget.value)}>
      {options.some(([one]) => one === value) ? null : <option value={value}>{value === '' ? '–' : value}</option>}
      {options.map(([one, said]) => (
        <option key={one} value={one}>
          {said}
        </option>
      ))}
    </select>
  )
  switch (form) {
    case 'choice':
      return select([
        ...(isRequired || field.usual !== undefined ? [] : ([['', '–']] as const)),
        ...choices.map(
          (one) =>
            [
              one,
              key === 'severity' ? `${one} · ${severityName(words, Number(one))}` : nameIn(ruleWords.choiceNames, one),
            ] as const,
        ),
      ])
    case 'quantity':
      return select(
        Object.entries(quantities).map(
          ([one, { symbol }]) => [one, `${quantityName(words, one)}${symbol === '' ? '' : ` (${symbol})`}`] as const,
        ),
      )
    case 'zone':
      return select([
        ['', ruleWords.allZones],
        ...(store.board.value?.map.zones ?? []).map(({ id, name }) => [id, name] as const),
      ])
    case 'duration':
      return <Duration common={common} field={key} value={value} onChange={(text) => onChange(key, text)} />
    case 'prose':
    case 'yaml':
    case 'lines':
    case 'sensors':
      return (
        <textarea
          {...common}
          rows={form === 'prose' ? 3 : 4}
          class={form === 'prose' ? '' : 'mono'}
          spellcheck={form === 'prose'}
          placeholder={form === 'sensors' ? ruleWords.allSensors : ''}
          value={value}
          onInput={(event) => onChange(key, event.currentTarget.value)}
        />
      )
    default:
      return (
        <input
          {...common}
          inputMode={form === 'number' ? 'decimal' : 'text'}
          autocomplete="off"
          value={value}
          onInput={(event) => onChange(key, event.currentTarget.value)}
        />
      )
  }
}

function Duration({
  common,
  field,
  value,
  onChange,
}: {
  readonly common: Readonly<Record<string, unknown>>
  readonly field: string
  readonly value: string
  onChange(text: string): void
}) {
  const ruleWords = useRuleWords()
  const [count = '', said] = value.split(' ')
  const unit = durationUnits.find((one) => one === said) ?? 'min'
  return (
    <span class="duration">
      <input
        {...common}
        inputMode="decimal"
        autocomplete="off"
        value={count}
        onInput={(event) => {
          const text = event.currentTarget.value.trim()
          onChange(text === '' ? '' : `${text} ${unit}`)
        }}
      />
      <select
        aria-label={ruleWords.unitOf(nameIn(ruleWords.fieldNames, field))}
        value={unit}
        onChange={(event) => onChange(`${count} ${event.currentTarget.value}`)}
      >
        {durationUnits.map((one) => (
          <option key={one} value={one}>
            {ruleWords.unitNames[one]}
          </option>
        ))}
      </select>
    </span>
  )
}

function FlawSaid({ flaw, of }: { readonly flaw: Flaw; readonly of: string }): ComponentChildren {
  const words = useRuleWords()
  const format = useStore().format.value
  switch (flaw.what) {
    case 'required':
      return words.required
    case 'number':
      return words.notNumber
    case 'whole':
      return words.notWhole
    case 'duration':
      return words.notDuration
    case 'format':
      return words.notFormat
    case 'least':
      return words.atLeastBound(flaw.isDuration ? durationText(flaw.bound) : format.limit('', flaw.bound))
    case 'most':
      return words.atMostBound(flaw.isDuration ? durationText(flaw.bound) : format.limit('', flaw.bound))
    case 'long':
      return words.tooLong(format.number(flaw.bound))
    case 'other':
      return Object.hasOwn(words.problemNames, of) ? (
        nameIn(words.problemNames, of)
      ) : (
        <span lang="en">{flaw.message}</span>
      )
  }
}

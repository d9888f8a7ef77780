import type { ComponentChildren } from 'preact'
import type { RuleDraft } from '../core/rule-draft.ts'
import { useRuleWords } from './use-rule-words.ts'

const days = [1, 2, 3, 4, 5, 6, 7] as const

/** The hours of the week in which a rule may ring. */
export function ScheduleField({
  name,
  values,
  onChange,
  isFlawed,
  children,
}: {
  readonly name: string
  readonly values: RuleDraft['values']
  readonly isFlawed: boolean
  readonly children: ComponentChildren
  onChange(key: string, value: string): void
}) {
  const words = useRuleWords()
  const part = (key: string) => String(values[`schedule.${key}`] ?? '')
  const chosen = part('days').split(',')
  const time = (key: 'from' | 'to', said: string) => (
    <label>
      {said}{' '}
      <input
        // A field for the time of day knows no 24:00, so it is a plain one.
        inputMode="numeric"
        size={5}
        placeholder={key === 'from' ? '22:00' : '06:00'}
        value={part(key)}
        aria-invalid={isFlawed}
        onInput={(event) => onChange(`schedule.${key}`, event.currentTarget.value.trim())}
      />
    </label>
  )
  return (
    <fieldset class="wide">
      <legend>{name}</legend>
      {days.map((day) => (
        <label key={day} class="switch">
          <input
            type="checkbox"
            checked={chosen.includes(String(day))}
            onChange={(event) =>
              onChange(
                'schedule.days',
                days
                  .filter((one) => (one === day ? event.currentTarget.checked : chosen.includes(String(one))))
                  .join(','),
              )
            }
          />
          {words.dayNames[day]}
        </label>
      ))}
      {time('from', words.from)}
      {time('to', words.until)}
      {children}
    </fieldset>
  )
}

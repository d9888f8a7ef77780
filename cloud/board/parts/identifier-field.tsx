import { identifierPattern } from '../../../shared/identifier-pattern.ts'

/** As browsers read the pattern of a field: whole by itself, and with a dash that is escaped (the `v` flag of HTML). */
const fieldPattern = identifierPattern.source.slice(1, -1).replace('.-]', '.\\-]')

/** A field for a name that is safe in topics, file names and URLs; the browser refuses any other, `hint` says which it takes. */
export function IdentifierField(props: {
  readonly label: string
  readonly hint: string
  readonly value: string
  onInput(value: string): void
}) {
  return (
    <label>
      {props.label}
      <input
        class="mono"
        required
        pattern={fieldPattern}
        title={props.hint}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </label>
  )
}

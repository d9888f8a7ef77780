import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { SiteMap } from '../../../shared/site-map.ts'
import {
  type Kind,
  newRow,
  type Row,
  type RowOf,
  withField,
  withReferenceTags,
  withRowAdded,
} from '../core/map/edit.ts'
import type { MapProblem } from '../core/map/problems.ts'
import { useEditor, useMapWords } from './use-editor.ts'

/** As the style sheet has it. */
const rowHeight = 38
/** Rows beside those in sight, so that a quick wheel finds them there. */
const spare = 6

type Field =
  | 'id'
  | 'name'
  | 'kind'
  | 'zone'
  | 'x'
  | 'y'
  | 'width'
  | 'depth'
  | 'level'
  | 'gateway'
  | 'device'
  | 'slots'
  | 'side'
  | 'referenceTags'

const fieldsOf: Readonly<Record<Kind, readonly Field[]>> = {
  zones: ['id', 'name', 'kind', 'x', 'y', 'width', 'depth'],
  slots: ['id', 'zone', 'x', 'y', 'width', 'depth', 'level', 'referenceTags'],
  readPoints: ['gateway', 'device', 'id', 'kind', 'zone', 'slots', 'side', 'x', 'y'],
  sensors: ['id', 'name', 'gateway', 'zone', 'x', 'y'],
}
const numeric: readonly Field[] = ['x', 'y', 'width', 'depth', 'level']

/** The rows of one list, each field open to change. Only those in sight are in the page. */
export function RowTable({ kind }: { readonly kind: Kind }) {
  const editor = useEditor()
  const words = useMapWords()
  const frame = useRef<HTMLDivElement>(null)
  const top = useSignal(0)
  const height = useSignal(400)
  const rows = editor.map.value[kind] as readonly Row[]
  const selection = editor.selection.value
  const fields = fieldsOf[kind]
  const problemsByRow = useComputed(() =>
    Map.groupBy(editor.problems.value, (problem) => `${problem.kind} ${problem.row}`),
  )
  const chosenFirst =
    selection.kind === kind && selection.rows.size > 0 ? Math.min(...[...selection.rows].slice(0, 100)) : -1

  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  // What is chosen on the plan comes into sight; a table that somebody works in does not jump.
  useEffect(() => {
    const element = frame.current
    if (element === null || chosenFirst < 0 || element.contains(document.activeElement)) return
    const at = chosenFirst * rowHeight
    if (at < element.scrollTop || at > element.scrollTop + element.clientHeight - 2 * rowHeight)
      element.scrollTop = Math.max(0, at - rowHeight)
  }, [chosenFirst, kind])

  const first = Math.max(0, Math.min(Math.floor(top.value / rowHeight), rows.length - 1) - spare)
  const last = Math.min(rows.length, Math.ceil((top.value + height.value) / rowHeight) + spare)
  const toggle = (row: number) => {
    const next = new Set(selection.kind === kind ? selection.rows : [])
    if (!next.delete(row)) next.add(row)
    editor.choose(kind, next)
  }
  const add = () => {
    const { x, y, width, height } = editor.plan.peek().bounds
    const middle = { x: Math.round(x + width / 2), y: Math.round(y + height / 2) }
    editor.change(
      withRowAdded(editor.map.peek(), kind, newRow(editor.map.peek(), kind, middle.x, middle.y) as RowOf<Kind>),
    )
    editor.choose(kind, [editor.map.peek()[kind].length - 1])
  }
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would say "form" where there is none */}
      <div
        ref={frame}
        class="row-table"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by itself, which keys must be able to do
        tabIndex={0}
        role="group"
        aria-label={words.kindNames[kind]}
        onScroll={(event) => {
          top.value = event.currentTarget.scrollTop
        }}
      >
        <table aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              <th scope="col">
                <input
                  type="checkbox"
                  aria-label={words.chooseAll}
                  title={words.chooseAll}
                  checked={rows.length > 0 && selection.kind === kind && selection.rows.size === rows.length}
                  onChange={(event) => editor.choose(kind, event.currentTarget.checked ? rows.keys() : [])}
                />
              </th>
              {fields.map((field) => (
                <th key={field} scope="col">
                  {words.fieldNames[field]}
                </th>
              ))}
              <th scope="col">{words.problem}</th>
            </tr>
          </thead>
          <tbody>
            {first > 0 && <Spacer rows={first} columns={fields.length + 2} />}
            {rows.slice(first, last).map((row, place) => (
              <TableRow
                key={first + place}
                kind={kind}
                at={first + place}
                row={row}
                isChosen={selection.kind === kind && selection.rows.has(first + place)}
                problems={problemsByRow.value.get(`${kind} ${first + place}`) ?? none}
                onToggle={toggle}
              />
            ))}
            {last < rows.length && <Spacer rows={rows.length - last} columns={fields.length + 2} />}
          </tbody>
        </table>
        {rows.length === 0 && <p class="quiet">{words.noRows}</p>}
      </div>
      <datalist id="map-zones">
        {editor.map.value.zones.slice(0, 200).map(({ id }) => (
          <option key={id} value={id} />
        ))}
      </datalist>
      <p>
        <button type="button" class="button" onClick={add}>
          {words.add}
        </button>
      </p>
    </>
  )
}

const none: readonly MapProblem[] = []

/** Room for rows that are not in the page. */
function Spacer({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  const cell = useRef<HTMLTableCellElement>(null)
  // By the object model: the content security policy allows no style in markup. Before it is painted, or the table jumps.
  useLayoutEffect(() => {
    if (cell.current !== null) cell.current.style.height = `${rows * rowHeight}px`
  }, [rows])
  return (
    <tr class="spacer">
      <td ref={cell} colSpan={columns} />
    </tr>
  )
}

function TableRow({
  kind,
  at,
  row,
  isChosen,
  problems,
  onToggle,
}: {
  readonly kind: Kind
  readonly at: number
  readonly row: Row
  readonly isChosen: boolean
  readonly problems: readonly MapProblem[]
  readonly onToggle: (row: number) => void
}) {
  const words = useMapWords()
  const [worst] = problems
  return (
    <tr class={isChosen ? 'chosen' : ''} aria-rowindex={at + 2}>
      <td>
        <input
          type="checkbox"
          aria-label={words.choose(row.id === '' ? String(at + 1) : row.id)}
          checked={isChosen}
          onChange={() => onToggle(at)}
        />
      </td>
      {fieldsOf[kind].map((field) => (
        <td key={field} class={`field-${field}`}>
          <Cell kind={kind} at={at} row={row} field={field} isWrong={problems.some((one) => one.field === field)} />
        </td>
      ))}
      <td class="row-problem">
        {worst === undefined
          ? ''
          : `${words.fieldNames[worst.field as Field]}: ${words.flaws[worst.flaw]}${problems.length > 1 ? ` (+${problems.length - 1})` : ''}`}
      </td>
    </tr>
  )
}

function Cell({
  kind,
  at,
  row,
  field,
  isWrong,
}: {
  readonly kind: Kind
  readonly at: number
  readonly row: Row
  readonly field: Field
  readonly isWrong: boolean
}) {
  const editor = useEditor()
  const words = useMapWords()
  /** What was typed and is no number; the draft keeps what it had. */
  const rejected = useSignal<string | null>(null)
  const value: unknown = Object.entries(row).find(([name]) => name === field)?.[1]
  const put = (next: unknown) =>
    editor.change(withField(editor.map.peek(), kind, at, { [field]: next } as Partial<RowOf<Kind>>))
  const label = words.cell(words.fieldNames[field], row.id === '' ? String(at + 1) : row.id)
  const options = optionsOf(words, kind, field)
  if (options !== null) {
    return (
      <select
        aria-label={label}
        aria-invalid={isWrong}
        value={String(value ?? '')}
        onChange={(event) => {
          const { value } = event.currentTarget
          if (value === '') editor.change(withoutSide(editor.map.peek(), at))
          else put(value)
        }}
      >
        {options.map(([code, text]) => (
          <option key={code} value={code}>
            {text}
          </option>
        ))}
      </select>
    )
  }
  const isNumber = numeric.includes(field)
  return (
    <input
      aria-label={label}
      aria-invalid={isWrong || rejected.value !== null}
      title={rejected.value !== null ? words.notANumber : field === 'referenceTags' ? words.tagsHint : undefined}
      inputMode={isNumber ? 'decimal' : 'text'}
      maxLength={field === 'slots' || field === 'referenceTags' ? 4000 : 128}
      spellcheck={false}
      autocomplete="off"
      list={field === 'zone' ? 'map-zones' : undefined}
      value={rejected.value ?? (Array.isArray(value) ? value.join(' ') : String(value ?? ''))}
      onFocus={() => {
        const { kind: active, rows } = editor.selection.peek()
        if (active !== kind || !rows.has(at)) editor.choose(kind, [at])
      }}
      onChange={(event) => {
        const text = event.currentTarget.value.trim()
        const metres = Number(text.replace(',', '.'))
        rejected.value = isNumber && (text === '' || !Number.isFinite(metres)) ? text : null
        if (rejected.value !== null) return
        if (field === 'referenceTags') return editor.change(withReferenceTags(editor.map.peek(), at, text))
        put(isNumber ? metres : field === 'slots' ? text.split(/[\s,;]+/).filter((part) => part !== '') : text)
      }}
    />
  )
}

function withoutSide(map: SiteMap, at: number): SiteMap {
  return {
    ...map,
    readPoints: map.readPoints.map((point, row) => {
      if (row !== at) return point
      const { side: _gone, ...rest } = point
      return rest
    }),
  }
}

function optionsOf(
  words: ReturnType<typeof useMapWords>,
  kind: Kind,
  field: Field,
): readonly (readonly [string, string])[] | null {
  if (field === 'side') return [['', words.noSide], ...Object.entries(words.sides)]
  if (field !== 'kind') return null
  return Object.entries(kind === 'zones' ? words.zoneKinds : words.pointKinds)
}

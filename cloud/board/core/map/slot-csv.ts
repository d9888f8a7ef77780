import type { Slot } from '../../../../shared/site-map.ts'
import { parseCsv, separatorOf } from '../../../http/csv.ts'

const columns = ['slot', 'zone', 'x', 'y', 'width', 'depth', 'level'] as const
type Column = (typeof columns)[number]
/** What other programs call them. */
const otherNames: Readonly<Record<string, Column>> = {
  id: 'slot',
  code: 'slot',
  w: 'width',
  d: 'depth',
  h: 'depth',
  z: 'level',
}
const needed: readonly Column[] = ['slot', 'zone', 'x', 'y']
/** More of them help nobody to mend a file. */
const mostFindings = 200

export type CsvFlaw = 'no-column' | 'quote' | 'no-value' | 'not-a-number' | 'twice'
export interface CsvFinding {
  /** 1-based, as an editor counts. */
  readonly line: number
  readonly column: string
  readonly flaw: CsvFlaw
}
export interface SlotFile {
  readonly slots: readonly Slot[]
  readonly rows: number
  /** Rows that cannot be used. */
  readonly bad: number
  /** The first of what is wrong. */
  readonly findings: readonly CsvFinding[]
}

/**
 * Slots from a table with the columns slot, zone, x, y and, if somebody likes, width, depth (1 m unless told) and level
 * (0). Numbers with a point, or with a comma where the columns are not split by one. A bad row is told and left out.
 */
export function slotsFromCsv(text: string): SlotFile {
  const separator = separatorOf(text)
  const csv = parseCsv(text, separator)
  const nothing = { slots: [], rows: 0, bad: 0 }
  if (!csv.ok) return { ...nothing, bad: 1, findings: [{ line: csv.line, column: '', flaw: 'quote' }] }
  const [head, ...rows] = csv.rows
  const names = (head?.cells ?? []).map((cell) => {
    const name = cell.trim().toLowerCase()
    return otherNames[name] ?? name
  })
  const missing = needed.filter((column) => !names.includes(column))
  if (missing.length > 0) {
    return { ...nothing, bad: 1, findings: missing.map((column) => ({ line: 1, column, flaw: 'no-column' })) }
  }
  const slots: Slot[] = []
  const seen = new Set<string>()
  const findings: CsvFinding[] = []
  let bad = 0
  for (const { line, cells } of rows) {
    const wrong: CsvFinding[] = []
    const cell = (column: Column) => cells[names.indexOf(column)]?.trim() ?? ''
    const word = (column: Column) => {
      if (cell(column) === '') wrong.push({ line, column, flaw: 'no-value' })
      return cell(column)
    }
    const number = (column: Column, otherwise?: number) => {
      if (cell(column) === '' && otherwise !== undefined) return otherwise
      const value = Number(separator === ',' ? cell(column) : cell(column).replace(',', '.'))
      if (cell(column) === '' || !Number.isFinite(value)) wrong.push({ line, column, flaw: 'not-a-number' })
      return value
    }
    const slot: Slot = {
      id: word('slot'),
      zone: word('zone'),
      x: number('x'),
      y: number('y'),
      width: number('width', 1),
      depth: number('depth', 1),
      level: number('level', 0),
    }
    if (slot.id !== '' && seen.has(slot.id)) wrong.push({ line, column: 'slot', flaw: 'twice' })
    seen.add(slot.id)
    if (wrong.length === 0) slots.push(slot)
    else bad += 1
    findings.push(...wrong.slice(0, mostFindings - findings.length))
  }
  return { slots, rows: rows.length, bad, findings }
}

/** RFC 4180; what `slotsFromCsv` reads again. */
export function csvOfSlots(slots: readonly Slot[]): string {
  const quoted = (value: string | number) =>
    /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value
  const lines = slots.map(({ id, zone, x, y, width, depth, level }) =>
    [id, zone, x, y, width, depth, level].map(quoted).join(','),
  )
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`
}

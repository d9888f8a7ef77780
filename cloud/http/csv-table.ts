import type { InputError } from '../../shared/api.ts'
import { type Flaw, sayFlaw } from '../../shared/flaw.ts'
import { flawEn } from '../../shared/flaw-en.ts'
import { parseCsv, separatorOf } from './csv.ts'
import { InputFault } from './problem.ts'

/** What a row may say: named cells without blanks around them. */
export interface TableRow {
  /** 1-based, of the text. */
  readonly line: number
  /** Empty where the column is not there. */
  cell(column: string): string
  has(column: string): boolean
}

export interface TableRead<T> {
  readonly rows: number
  readonly values: readonly T[]
  readonly errors: readonly InputError[]
}

export interface Columns {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** Says what is wrong with a cell, or with the `row`. */
export type Refuse = (column: string, flaw: Flaw) => undefined

/**
 * Rows of a spreadsheet as values, or as reasons with their line; columns in any order, their names in any case. `read`
 * answers undefined for a row of which it has refused a cell.
 *
 * @throws InputFault for a text that is no CSV, or whose first line names other columns.
 */
export function readTable<T>(
  text: string,
  columns: Columns,
  read: (row: TableRow, refuse: Refuse) => T | undefined,
): TableRead<T> {
  const csv = parseCsv(text, separatorOf(text))
  if (!csv.ok) throw new InputFault('This is not CSV.', [rowError(csv.line, 'row', { code: csv.flaw })])
  const [header, ...rows] = csv.rows
  const places = placesOf(header?.cells ?? [], columns)
  const values: T[] = []
  const errors: InputError[] = []
  for (const { line, cells } of rows) {
    const refuse: Refuse = (column, flaw) => {
      errors.push(rowError(line, column, flaw))
    }
    if (cells.length !== places.size) {
      refuse('row', { code: 'cells', cells: cells.length, columns: places.size })
      continue
    }
    const cell = (column: string) => cells[places.get(column) ?? -1]?.trim() ?? ''
    const value = read({ line, cell, has: (column) => places.has(column) }, refuse)
    if (value !== undefined) values.push(value)
  }
  return { rows: rows.length, values, errors }
}

/** `row`: the row as a whole. */
export function rowError(line: number, column: string, flaw: Flaw): InputError {
  const path = `line ${line}, ${column}`
  return { path, line, ...(column !== 'row' && { column }), ...flawed(flaw) }
}

/** As the API says it: in English and as a code. */
export function flawed(flaw: Flaw): Pick<InputError, 'message' | 'flaw'> {
  return { message: sayFlaw(flawEn, flaw) ?? flaw.code, flaw }
}

/** Refuses a row whose key was there before. */
export function onceEach(): (key: string, line: number, column: string, refuse: Refuse) => boolean {
  const lines = new Map<string, number>()
  return (key, line, column, refuse) => {
    const before = lines.get(key)
    if (before === undefined) lines.set(key, line)
    else refuse(column, { code: 'repeated', line: before })
    return before === undefined
  }
}

function placesOf(header: readonly string[], { required, optional }: Columns): ReadonlyMap<string, number> {
  const names = header.map((name) => name.trim().toLowerCase())
  const places = new Map<string, number>()
  for (const column of [...required, ...optional]) {
    const at = names.indexOf(column.toLowerCase())
    if (at !== -1) places.set(column, at)
  }
  if (required.some((column) => !places.has(column)) || places.size !== names.length) {
    throw new InputFault('The first line names other columns.', [
      rowError(1, 'row', { code: 'columns', required: [...required], optional: [...optional], found: names }),
    ])
  }
  return places
}

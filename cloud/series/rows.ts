/** A field of a point as it is kept; undefined: the point does not have it. */
export type Value = number | string | undefined

/** Number of the column that tells the source of each row, where one shelf holds the rows of many sources. */
export const sourceColumn = 0

/** Points of one shelf, column by column. Rows are in the order in which they were written until `inOrder`. */
export interface Rows {
  readonly at: number[]
  readonly nanos: number[]
  /** Number of the field's name → its values, as many as rows. */
  readonly columns: Map<number, Value[]>
}

export function noRows(): Rows {
  return { at: [], nanos: [], columns: new Map() }
}

/** Adds one row; its fields follow by `setField`. */
export function addRow(rows: Rows, at: number, nanos: number): void {
  rows.at.push(at)
  rows.nanos.push(nanos)
}

/** A field of the newest row. */
export function setField(rows: Rows, name: number, value: Value): void {
  const row = rows.at.length - 1
  let column = rows.columns.get(name)
  if (column === undefined) {
    column = []
    rows.columns.set(name, column)
  }
  while (column.length < row) column.push(undefined)
  column[row] = value
}

/** Adds all rows of `more` behind those of `rows`. */
export function append(rows: Rows, more: Rows): void {
  const before = rows.at.length
  for (let row = 0; row < more.at.length; row += 1) addRow(rows, more.at[row] ?? 0, more.nanos[row] ?? 0)
  for (const [name, values] of more.columns) {
    const column = rows.columns.get(name) ?? []
    rows.columns.set(name, column)
    while (column.length < before) column.push(undefined)
    for (let row = 0; row < values.length; row += 1) column.push(values[row])
  }
}

/**
 * By time, one row for each instant of a source: fields that a later row of the same instant brings replace, the others
 * stay, as in InfluxDB. Hands back the very rows where they are in order already, as nearly all are.
 */
export function inOrder(rows: Rows): Rows {
  const { at, nanos, columns } = rows
  if (isAscending(rows)) return rows
  const source = columns.get(sourceColumn)
  const sourceOf = (row: number) => Number(source?.[row] ?? 0)
  const order = Uint32Array.from(at.keys())
  order.sort(
    (a, b) => (at[a] ?? 0) - (at[b] ?? 0) || (nanos[a] ?? 0) - (nanos[b] ?? 0) || sourceOf(a) - sourceOf(b) || a - b,
  )
  const sorted = noRows()
  let before = -1
  for (const row of order) {
    const isSame =
      before >= 0 && at[before] === at[row] && nanos[before] === nanos[row] && sourceOf(before) === sourceOf(row)
    if (!isSame) addRow(sorted, at[row] ?? 0, nanos[row] ?? 0)
    before = row
    for (const [name, column] of columns) {
      const value = column[row]
      if (value !== undefined) setField(sorted, name, value)
    }
  }
  return sorted
}

function isAscending({ at, nanos }: Rows): boolean {
  for (let row = 1; row < at.length; row += 1) {
    const now = at[row] ?? 0
    const before = at[row - 1] ?? 0
    if (now < before || (now === before && (nanos[row] ?? 0) <= (nanos[row - 1] ?? 0))) return false
  }
  return true
}

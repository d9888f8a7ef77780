/**
 * Values in SQLite: an INTEGER in thousandths where that gives back exactly the same float (three bytes instead of
 * eight), else a REAL. A whole number too large for thousandths goes in as text with an `x`, because a NUMERIC column
 * would turn it into an INTEGER.
 */
export function stored(value: number): number | string {
  const thousandths = Math.round(value * 1000)
  if (thousandths / 1000 === value && Number.isSafeInteger(thousandths)) return thousandths
  return Number.isInteger(value) ? `x${value}` : value
}

/** SQL expression of the value in a column written by `stored`. */
export function sqlValueOf(column: string): string {
  return `CASE typeof(${column})
      WHEN 'integer' THEN ${column} / 1000.0
      WHEN 'text' THEN CAST(substr(${column}, 2) AS REAL)
      ELSE ${column} END`
}

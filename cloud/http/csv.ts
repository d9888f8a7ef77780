/** One row of a CSV text, with the line that it begins on (1-based). */
export interface CsvRow {
  readonly line: number
  readonly cells: readonly string[]
}
export type Csv =
  | { readonly ok: true; readonly rows: readonly CsvRow[] }
  | { readonly ok: false; readonly line: number; readonly flaw: 'quote-not-closed' | 'text-after-quote' }

export type Separator = ',' | ';' | '\t'

/**
 * What the first line is split by. Spreadsheets write a semicolon where the comma is the decimal sign, and a tab into
 * what is pasted; of several the most frequent, of equals the comma.
 */
export function separatorOf(text: string): Separator {
  const [firstLine = ''] = text.split(/[\r\n]/, 1)
  const unquoted = firstLine.replaceAll(/"[^"]*"/g, '')
  const count = (separator: Separator) => unquoted.split(separator).length
  return ([';', '\t'] as const).reduce<Separator>((best, one) => (count(one) > count(best) ? one : best), ',')
}

/** RFC 4180, and what spreadsheets make of it: a byte order mark, `\n` alone, empty lines (skipped). */
export function parseCsv(text: string, separator: Separator = ','): Csv {
  const rows: CsvRow[] = []
  let at = text.startsWith('\uFEFF') ? 1 : 0
  let line = 1
  while (at < text.length) {
    const begins = line
    const cells: string[] = []
    for (;;) {
      let cell: string
      if (text[at] === '"') {
        const end = closingQuote(text, at)
        if (end === undefined) return { ok: false, line: begins, flaw: 'quote-not-closed' }
        cell = text.slice(at + 1, end).replaceAll('""', '"')
        line += cell.split('\n').length - 1
        at = end + 1
        const after = text[at]
        if (after !== undefined && after !== separator && after !== '\r' && after !== '\n') {
          return { ok: false, line, flaw: 'text-after-quote' }
        }
      } else {
        const start = at
        while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++
        cell = text.slice(start, at)
      }
      cells.push(cell)
      if (text[at] !== separator) break
      at++
    }
    if (text[at] === '\r') at++
    if (text[at] === '\n') at++
    line++
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: begins, cells })
  }
  return { ok: true, rows }
}

function closingQuote(text: string, open: number): number | undefined {
  for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at
  }
  return undefined
}

/** One read as a file tells it. `rssi`: in the file's own scale, `null` where there is none. */
export interface Row {
  readonly epc: string
  readonly at: number
  readonly antenna: string
  readonly rssi: number | null
}

export interface Table {
  /** In order of time; of reads of one time in the order of the file. */
  readonly rows: readonly Row[]
  readonly unreadable: number
  /** Lines that say what another line says. */
  readonly repeated: number
}

const columns = ['epc', 'at_ms', 'antenna', 'rssi'] as const

/**
 * Reads of a gate as separated values: columns `epc`, `at_ms`, `antenna` and `rssi` in any order among others, under a
 * header row; without one they are these four. Commas, semicolons or tabs; quotes (RFC 4180), a byte order mark and any
 * line ends; decimal commas where commas do not separate; times in ms of any clock, or written out (ISO 8601). Numbers that
 * can only be Unix time in s, µs or ns are taken as that.
 */
export function tableOf(text: string): Table {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  const first = lines.find((line) => line.trim() !== '') ?? ''
  const separator = [',', ';', '\t'].reduce((best, one) =>
    first.split(one).length > first.split(best).length ? one : best,
  )
  const names = cellsOf(first, separator).map((name) => name.toLowerCase())
  const hasHeader = names.includes('epc')
  const [epcAt = 0, timeAt = 1, antennaAt = 2, rssiAt = 3] = columns.map((name, n) =>
    hasHeader ? names.indexOf(name) : n,
  )
  const rows: Row[] = []
  const seen = new Set<string>()
  let [unreadable, repeated] = [0, 0]
  for (const line of lines.slice(hasHeader ? lines.indexOf(first) + 1 : 0)) {
    if (line.trim() === '') continue
    const cells = cellsOf(line, separator)
    const number = (place: number) => {
      const cell = cells[place] ?? ''
      return cell === '' ? Number.NaN : Number(separator === ',' ? cell : cell.replace(',', '.'))
    }
    const epc = cells[epcAt] ?? ''
    const at = Number.isNaN(number(timeAt)) ? Date.parse(cells[timeAt] ?? '') : number(timeAt)
    const antenna = Number.isInteger(number(antennaAt)) ? String(number(antennaAt)) : (cells[antennaAt] ?? '')
    const rssi = Number.isFinite(number(rssiAt)) ? number(rssiAt) : null
    const key = `${epc} ${at} ${antenna} ${rssi}`
    if (epc === '' || antenna === '' || !Number.isFinite(at)) unreadable += 1
    else if (seen.has(key)) repeated += 1
    else {
      seen.add(key)
      rows.push({ epc, at, antenna, rssi })
    }
  }
  rows.sort((a, b) => a.at - b.at)
  const perMs = perMsOf(rows[rows.length >> 1]?.at ?? 0)
  return { rows: perMs === 1 ? rows : rows.map((row) => ({ ...row, at: row.at / perMs })), unreadable, repeated }
}

/** How many of a file's units of time are 1 ms, where its middle lies between 2001 and 2128 in one of them. */
function perMsOf(middle: number): number {
  const [fromS, toS] = [1e9, 5e9]
  return [0.001, 1_000, 1_000_000].find((perMs) => middle >= fromS * 1000 * perMs && middle < toS * 1000 * perMs) ?? 1
}

function cellsOf(line: string, separator: string): string[] {
  const cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (let n = 0; n < line.length; n += 1) {
    const char = line[n] ?? ''
    if (isQuoted && char === '"' && line[n + 1] === '"') {
      cell += '"'
      n += 1
    } else if (char === '"') isQuoted = !isQuoted
    else if (char === separator && !isQuoted) {
      cells.push(cell.trim())
      cell = ''
    } else cell += char
  }
  return [...cells, cell.trim()]
}

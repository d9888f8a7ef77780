import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type GateDecision, judgeTag } from '../edge/gate/judge.ts'
import type { GateRead, Side } from '../edge/gate/read.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'

/**
 * Judges one recorded gate run: `npm run bench -- gate --file <csv> --outside 0 --inside 1 --json`. Columns `epc`,
 * `at_ms`, `antenna`, `rssi` under a header row, in any order, plain or gzipped. `--outside` and `--inside` list the
 * antennas of each side, separated by commas; reads of other antennas and unreadable lines are counted, not judged.
 */
export async function run(options: BenchmarkOptions): Promise<Figures> {
  const { file, outside, inside, rssi } = options.gate
  if (file === undefined) throw new Error('gate: name the recorded run, --file <csv>')
  const sides = new Map<string, Side>([
    ...outside.split(',').map((antenna) => [antenna.trim(), 'outside'] as const),
    ...inside.split(',').map((antenna) => [antenna.trim(), 'inside'] as const),
  ])
  const bytes = readFileSync(file)
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8')
  const { rows, unreadable } = rowsOf(text)
  const toDb = levelIn(rssi, rows)
  const byEpc = new Map<string, GateRead[]>()
  let elsewhere = 0
  for (const row of rows.sort((a, b) => a.at - b.at)) {
    const reads = byEpc.get(row.epc) ?? []
    byEpc.set(row.epc, reads)
    const side = sides.get(row.antenna)
    if (side === undefined) elsewhere += 1
    else reads.push({ at: row.at, side, rssiDb: toDb(row.rssi) })
  }
  process.stderr.write(`reads ${rows.length}, of other antennas ${elsewhere}, unreadable lines ${unreadable}\n`)
  const tags: (GateDecision & { epc: string })[] = []
  for (const [epc, reads] of byEpc) {
    const { decision, confidence } = judgeTag(reads)
    tags.push({ epc, decision, confidence: Number(confidence.toFixed(4)) })
  }
  return { tags }
}

interface Row {
  readonly epc: string
  readonly at: number
  readonly antenna: string
  readonly rssi: number
}

function rowsOf(text: string): { rows: Row[]; unreadable: number } {
  const [header, ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const names = (header ?? '').split(',').map((name) => name.trim().toLowerCase())
  const [epcAt, timeAt, antennaAt, rssiAt] = ['epc', 'at_ms', 'antenna', 'rssi'].map((name) => names.indexOf(name))
  const rows: Row[] = []
  let unreadable = 0
  for (const line of lines) {
    if (line.trim() === '') continue
    const cells = line.split(',').map((cell) => cell.trim())
    const epc = cells[epcAt ?? -1] ?? ''
    const at = Number.parseFloat(cells[timeAt ?? -1] ?? '')
    const rssi = Number.parseFloat(cells[rssiAt ?? -1] ?? '')
    if (epc === '' || Number.isNaN(at) || Number.isNaN(rssi)) unreadable += 1
    else rows.push({ epc, at, antenna: cells[antennaAt ?? -1] ?? '', rssi })
  }
  return { rows, unreadable }
}

/** A level in dB up to a constant. `auto`: below -200 is centi-dBm, else below 0 dBm, above 0 a linear power. */
function levelIn(unit: string, rows: readonly Row[]): (rssi: number) => number {
  const median = rows.map((row) => row.rssi).sort((a, b) => a - b)[rows.length >> 1] ?? 0
  const found = unit !== 'auto' ? unit : median < -200 ? 'cdbm' : median < 0 ? 'dbm' : 'linear'
  if (found === 'cdbm') return (rssi) => rssi / 100
  if (found === 'linear') return (rssi) => 10 * Math.log10(Math.max(rssi, 1e-9))
  return (rssi) => rssi
}

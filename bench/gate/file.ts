import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type GateDecision, judgeRun } from '../../edge/gate/judge.ts'
import type { GateRead, Side } from '../../edge/gate/read.ts'

export interface RecordedFile {
  readonly file: string
  /** Antennas of each side, separated by commas. */
  readonly outside: string
  readonly inside: string
  /** dbm, cdbm, linear, auto */
  readonly rssi: string
}

export type JudgedTag = Pick<GateDecision, 'decision' | 'confidence'> & { readonly epc: string }

/**
 * Judges one recorded gate run: `npm run bench -- gate --file <csv> --outside 0 --inside 1 --json`. Columns `epc`,
 * `at_ms`, `antenna`, `rssi` under a header row, in any order, plain or gzipped. `--outside` and `--inside` list the
 * antennas of each side, separated by commas; reads of other antennas and unreadable lines are counted, not judged.
 */
export function judgeFile({ file, outside, inside, rssi }: RecordedFile): readonly JudgedTag[] {
  const sides = new Map<string, Side>([
    ...outside.split(',').map((antenna) => [antenna.trim(), 'outside'] as const),
    ...inside.split(',').map((antenna) => [antenna.trim(), 'inside'] as const),
  ])
  const antennas = new Map([...sides.keys()].map((name, n) => [name, n]))
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
    else reads.push({ at: row.at, side, antenna: antennas.get(row.antenna) ?? 0, rssiDb: toDb(row.rssi) })
  }
  process.stderr.write(`reads ${rows.length}, of other antennas ${elsewhere}, unreadable lines ${unreadable}\n`)
  const decisions = judgeRun([...byEpc].map(([epc, reads]) => ({ epc, reads })))
  return [...byEpc.keys()].map((epc) => {
    const { decision, confidence } = decisions.get(epc) ?? { decision: 'none' as const, confidence: 0.5 }
    return { epc, decision, confidence: Number(confidence.toFixed(4)) }
  })
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

/**
 * A level in dB up to a constant. `auto`: below -200 is centi-dBm, else below 0 dBm, above 0 a linear power. What a
 * vendor calls linear may be a power, an amplitude or a scale of its own: its logarithm is stretched until the reads of
 * the gate spread as they do at a gate in dBm.
 */
function levelIn(unit: string, rows: readonly Row[]): (rssi: number) => number {
  const levels = rows.map((row) => row.rssi).sort((a, b) => a - b)
  const at = (share: number) => levels[Math.floor(share * (levels.length - 1))] ?? 0
  const found = unit !== 'auto' ? unit : at(0.5) < -200 ? 'cdbm' : at(0.5) < 0 ? 'dbm' : 'linear'
  if (found === 'cdbm') return (rssi) => rssi / 100
  if (found === 'dbm') return (rssi) => rssi
  const db = (rssi: number) => 10 * Math.log10(Math.max(rssi, 1e-9))
  const spread = db(at(0.97)) - db(at(0.03))
  const stretch = spread > 0 ? usualSpreadDb / spread : 1
  return (rssi) => db(rssi) * stretch
}
/** Between the weakest and the strongest 3 % of the reads at one gate; 12 dB in the recorded runs. */
const usualSpreadDb = 12

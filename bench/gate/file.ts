import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type GateDecision, judgeRun } from '../../edge/gate/judge.ts'
import type { GateRead, Side } from '../../edge/gate/read.ts'
import { levelIn, withoutGaps } from './level.ts'
import { tableOf } from './table.ts'

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
 * Judges one recorded gate run: `npm run bench -- gate --file <csv> --outside 0 --inside 1 --json`, plain or gzipped
 * (`tableOf`). `--outside` and `--inside` list the antennas of each side, separated by commas; reads of other antennas
 * and unreadable lines are counted, not judged.
 */
export function judgeFile({ file, ...rest }: RecordedFile): readonly JudgedTag[] {
  const bytes = readFileSync(file)
  const text = textOf(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes)
  const { tags, reads, elsewhere, unreadable, repeated } = judgeText(text, rest)
  process.stderr.write(
    `reads ${reads}, of other antennas ${elsewhere}, told twice ${repeated}, unreadable lines ${unreadable}\n`,
  )
  return tags
}

/** UTF-8, or the UTF-16 that spreadsheets call Unicode, which its byte order mark tells. */
function textOf(bytes: Buffer): string {
  return bytes.toString(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'utf8')
}

/** The same of the text of a file: one entry for every EPC in it, in the order in which they were read first. */
export function judgeText(text: string, { outside, inside, rssi }: Omit<RecordedFile, 'file'>) {
  const sides = new Map<string, Side>([
    ...outside.split(',').map((antenna) => [antenna.trim(), 'outside'] as const),
    ...inside.split(',').map((antenna) => [antenna.trim(), 'inside'] as const),
  ])
  const antennas = new Map([...sides.keys()].map((name, n) => [name, n]))
  const { rows, unreadable, repeated } = tableOf(text)
  const here = rows.filter(({ antenna }) => sides.has(antenna))
  const levels = withoutGaps(here)
  const toDb = levelIn(rssi, levels)
  const byEpc = new Map<string, GateRead[]>(rows.map(({ epc }) => [epc, []]))
  here.forEach(({ epc, at, antenna }, n) => {
    const side = sides.get(antenna) ?? 'outside'
    byEpc.get(epc)?.push({ at, side, antenna: antennas.get(antenna) ?? 0, rssiDb: toDb(levels[n] ?? 0) })
  })
  const decisions = judgeRun([...byEpc].map(([epc, reads]) => ({ epc, reads })))
  const tags = [...byEpc.keys()].map((epc): JudgedTag => {
    const { decision, confidence } = decisions.get(epc) ?? { decision: 'none' as const, confidence: 0.5 }
    return { epc, decision, confidence: Number(confidence.toFixed(4)) }
  })
  return { tags, reads: rows.length, elsewhere: rows.length - here.length, unreadable, repeated }
}

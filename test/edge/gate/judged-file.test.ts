import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { judgeText } from '../../../bench/gate/file.ts'
import { parkedPallet, passingPallet, type TagAtGate } from '../../support/gate-pallet.ts'

/** A recorded run of a gate: one pallet goes in, one stands outside, one goes out; all levels in dBm. */
const reads = [
  ...named('P', parkedPallet(0, 40_000)),
  ...named('A', passingPallet('outside', 5_000)),
  ...named('B', passingPallet('inside', 25_000)),
].sort((a, b) => a.at - b.at)

function named(pallet: string, seen: readonly TagAtGate[]) {
  return seen.map(({ tag, read }) => ({ epc: `E2801160600002${pallet}${tag.toString(16)}`, ...read }))
}
type Read = (typeof reads)[number]

const plain = ({ epc, at, antenna, rssiDb }: Read) => `${epc},${at},${antenna},${rssiDb}`
const file = (rows: readonly string[], header = 'epc,at_ms,antenna,rssi', end = '\n') => [header, ...rows, ''].join(end)
const told = (rssi: (dbm: number) => number | string) =>
  file(reads.map(({ epc, at, antenna, rssiDb }) => `${epc},${at},${antenna},${rssi(rssiDb)}`))
let lines = 0
const untold = () => (lines++ * 7) % 3 === 0
const judged = (text: string, rssi = 'auto', outside = '0', inside = '1') =>
  new Map(judgeText(text, { outside, inside, rssi }).tags.map(({ epc, decision }) => [epc, decision]))
const truth = new Map(reads.map(({ epc }) => [epc, epc[14] === 'A' ? 'in' : epc[14] === 'B' ? 'out' : 'none']))

test.each<[name: string, text: string, rssi?: string]>([
  ['as it is', file(reads.map(plain))],
  ['in dBm, said so', told(String), 'dbm'],
  ['in centi-dBm', told((dbm) => dbm * 100)],
  ['in centi-dBm, said so', told((dbm) => dbm * 100), 'cdbm'],
  ['as a power', told((dbm) => (10 ** ((dbm + 90) / 10)).toFixed(3))],
  ['as a power, said so', told((dbm) => 10 ** ((dbm + 60) / 10)), 'linear'],
  ['as an amplitude', told((dbm) => Math.round(100 * 10 ** ((dbm + 90) / 20)))],
  ['in steps of a dB above its own zero', told((dbm) => Math.round(dbm + 128))],
  ['20 dB louder', told((dbm) => dbm + 20)],
  ['by a clock that counts from 1970', file(reads.map((read) => plain({ ...read, at: read.at + 1_700_000_000_000 })))],
  ['with its lines in any order', file(reads.map(plain).toSorted((a, b) => (a.slice(-9) < b.slice(-9) ? -1 : 1)))],
  ['with every line twice', file(reads.flatMap((read) => [plain(read), plain(read)]))],
  ['with line ends of Windows and a byte order mark', `\uFEFF${file(reads.map(plain), undefined, '\r\n')}`],
  [
    'quoted, with more columns in another order',
    file(
      reads.map((r) => `"${r.rssiDb}","dock, north","${r.at}","""x""","${r.antenna}","${r.epc}"`),
      '"rssi","place","at_ms","note","antenna","EPC"',
    ),
  ],
  [
    'between semicolons, with decimal commas',
    file(
      reads.map((read) => plain(read).replaceAll(',', ';').replace('.', ',')),
      'epc;at_ms;antenna;rssi',
    ),
  ],
  ['without a header', reads.map(plain).join('\n')],
  [
    'with times written out',
    file(reads.map((r) => plain(r).replace(`,${r.at},`, `,${new Date(r.at).toISOString()},`))),
  ],
  ['with every second read lost', file(reads.filter((_, n) => (n * 7) % 13 < 6).map(plain))],
  ['with every third level empty', told((dbm) => (untold() ? '' : dbm))],
  ['with every third level told as 0', told((dbm) => (untold() ? 0 : dbm))],
])('a run that is told %s is judged alike', (_name, text, rssi) => {
  expect(judged(text, rssi ?? 'auto')).toEqual(truth)
})

test('antennas may have any names; with the sides changed over, in is out', () => {
  const renamed = file(reads.map((read) => plain(read).replace(`,${read.antenna},`, `,dock-${read.antenna},`)))
  expect(judged(renamed, 'auto', 'dock-0, dock-7', 'dock-1')).toEqual(truth)
  const mirrored = { in: 'out', out: 'in', none: 'none' } as Record<string, string>
  expect(judged(renamed, 'auto', 'dock-1', 'dock-0')).toEqual(
    new Map([...truth].map(([epc, decision]) => [epc, mirrored[decision]])),
  )
})

test('every EPC of a file has one entry; what cannot be read is counted', () => {
  const text = file(['AA,1000,0,-60', 'BB,1000,9,-60', 'CC,soon,0,-60', ',1000,0,-60', 'AA,1000,0,-60', 'DD,1100,1,'])
  const { tags, ...counts } = judgeText(text, { outside: '0', inside: '1', rssi: 'auto' })
  expect(tags.map(({ epc, decision }) => [epc, decision])).toEqual([
    ['AA', 'none'],
    ['BB', 'none'],
    ['DD', 'none'],
  ])
  expect(counts).toEqual({ reads: 3, elsewhere: 1, unreadable: 2, repeated: 1 })
  expect(tags[1]?.confidence).toBe(0.5)
})

test('the last line is the whole answer, however long it is and however slowly it is read; spreadsheets write UTF-16', async () => {
  const path = `${await mkdtemp(join(tmpdir(), 'gate-'))}/run.csv`
  const rows = Array.from({ length: 4000 }, (_, n) => `E28011606000020${n},${n},${n % 2},-60`)
  await writeFile(path, `\uFEFF${file(rows)}`, 'utf16le')
  const script = `node bin/node24.js bench/main.ts gate --file ${path} --json 2>/dev/null | (sleep 1; cat)`
  const { stdout } = await promisify(execFile)('sh', ['-c', script], { maxBuffer: 10_000_000 })
  await rm(dirname(path), { recursive: true })
  const { tags } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { tags: { epc: string }[] }
  expect(tags.map(({ epc }) => epc)).toEqual(rows.map((row) => row.split(',')[0]))
}, 120_000)

test('a file without a read says nothing', () => {
  expect(judgeText('epc,at_ms,antenna,rssi\n', { outside: '0', inside: '1', rssi: 'auto' }).tags).toEqual([])
})

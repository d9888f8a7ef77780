import { expect, test } from 'vitest'
import { judgeText } from '../../../bench/gate/file.ts'
import { recordedRuns } from '../../../bench/gate/recorded.ts'
import { seededRandom } from '../../../simulators/world/chance.ts'
import { recordedGate } from '../../support/recorded-gate.ts'

/** One read of a recorded run as a file tells it; antennas 1 and 2 (5 and 6) look outwards, 3 and 4 (7 and 8) inwards. */
interface Told {
  readonly epc: string
  readonly at: number | string
  readonly antenna: number
  readonly rssi: number | string
}
type Recorded = { readonly [K in keyof Told]: K extends 'epc' ? string : number }

const isThere = recordedGate('run-x3') !== undefined
const run = recordedRuns().find(({ name }) => name === 'run-x3')
const reads: readonly Recorded[] = (run?.suspects ?? [])
  .flatMap(({ epc, reads }) => reads.map(({ at, antenna, rssiDb }) => ({ epc, at, antenna, rssi: rssiDb })))
  .sort((a, b) => a.at - b.at)
const startedAt = reads[0]?.at ?? 0

const header = 'epc,at_ms,antenna,rssi'
const line = ({ epc, at, antenna, rssi }: Told) => `${epc},${at},${antenna},${rssi}`
const file = (told: readonly Told[]) => [header, ...told.map(line), ''].join('\n')
const each = (retell: (read: Recorded) => Partial<Told>) => reads.map((read): Told => ({ ...read, ...retell(read) }))
const judged = (text: string, outside = '1,2,5,6', inside = '3,4,7,8') =>
  new Map(judgeText(text, { outside, inside, rssi: 'auto' }).tags.map((tag) => [tag.epc, tag]))
const plain = isThere ? judged(file(reads)) : new Map()
const byChance = seededRandom(7)

test.skipIf(!isThere).each<[name: string, text: () => string]>([
  ['in centi-dBm', () => file(each(({ rssi }) => ({ rssi: Math.round(rssi * 100) })))],
  ['20 dB louder', () => file(each(({ rssi }) => ({ rssi: rssi + 20 })))],
  ['in steps of half a dB from another zero', () => file(each(({ rssi }) => ({ rssi: rssi + 128 })))],
  ['by a clock in seconds', () => file(each(({ at }) => ({ at: (at / 1000).toFixed(3) })))],
  ['by a clock in microseconds', () => file(each(({ at }) => ({ at: at * 1000 })))],
  ['with its lines in any order', () => file([...reads].sort((a, b) => ((a.at * 7919) % 997) - ((b.at * 7919) % 997)))],
  ['with every line twice', () => file([...reads, ...reads])],
  [
    'quoted, with line ends of Windows and a byte order mark',
    () =>
      `\uFEFF${file(reads)
        .replace(/[^,\n]+/g, '"$&"')
        .replaceAll('\n', '\r\n')}`,
  ],
])('a recorded run that is told %s is the same run', (_name, text) => {
  const told = judged(text())
  expect([...told.keys()].sort()).toEqual([...plain.keys()].sort())
  for (const [epc, { decision }] of told) expect(decision, epc).toBe(plain.get(epc)?.decision)
})

test.skipIf(!isThere).each<[name: string, told: () => readonly Told[]]>([
  ['as a power', () => each(({ rssi }) => ({ rssi: (10 ** ((rssi + 90) / 10)).toFixed(4) }))],
  ['as an amplitude', () => each(({ rssi }) => ({ rssi: Math.round(100 * 10 ** ((rssi + 90) / 20)) }))],
  ['in whole dBm', () => each(({ rssi }) => ({ rssi: Math.round(rssi) }))],
  ['with three levels of ten missing', () => each(({ rssi }) => ({ rssi: byChance() < 0.3 ? '' : rssi }))],
  ['without any level', () => each(() => ({ rssi: '' }))],
  ['with every second read lost', () => reads.filter(() => byChance() < 0.5)],
  ['with one read in four', () => reads.filter((_, n) => n % 4 === 0)],
  ['by antennas 1 and 3 alone', () => reads.filter(({ antenna }) => antenna % 2 === 1)],
  ['by antennas 2 and 4 alone', () => reads.filter(({ antenna }) => antenna % 2 === 0)],
  ['as one antenna on each side', () => each(({ antenna }) => ({ antenna: antenna <= 2 ? 1 : 3 }))],
  ['as eight antennas', () => each(({ antenna }) => ({ antenna: antenna + (byChance() < 0.5 ? 4 : 0) }))],
  ['with antennas outside 6 dB weaker', () => each(({ antenna, rssi }) => ({ rssi: antenna <= 2 ? rssi - 6 : rssi }))],
  ['by a clock that is up to 200 ms off', () => each(({ at }) => ({ at: at + Math.round((byChance() - 0.5) * 400) }))],
  ['in whole seconds', () => each(({ at }) => ({ at: Math.floor(at / 1000) * 1000 }))],
  ['at twice the speed', () => each(({ at }) => ({ at: Math.round(startedAt + (at - startedAt) / 2) }))],
  ['at half the speed', () => each(({ at }) => ({ at: startedAt + (at - startedAt) * 2 }))],
  ['with 2 s of every 10 unheard', () => reads.filter(({ at }) => (at - startedAt) % 10_000 > 2_000)],
])('97 of 100 tags of a recorded run are told moving from standing, when it is told %s', (_name, told) => {
  const tags = [...judged(file(told())).values()]
  const right = tags.filter(({ epc, decision }) => (decision !== 'none') === run?.moving.has(epc)).length
  expect(tags.length).toBeGreaterThan(140)
  expect(right / tags.length).toBeGreaterThanOrEqual(0.97)
})

test.skipIf(!isThere)('a recorded run with the sides changed over: in is out, and as sure', () => {
  const other: Record<string, string> = { in: 'out', out: 'in', none: 'none' }
  for (const [epc, { decision, confidence }] of judged(file(reads), '3,4', '1,2')) {
    const was = plain.get(epc)
    expect([decision, confidence], epc).toEqual([other[was?.decision ?? ''], was?.confidence])
  }
})

test.skipIf(!isThere)(
  'one tag of a recorded run, and nobody beside it: a tag that moved did, one that stood stood',
  () => {
    const alone = [...plain.keys()].filter((_, n) => n % 8 === 0)
    const right = alone.filter((epc) => {
      const [tag] = judged(file(reads.filter((read) => read.epc === epc))).values()
      return (tag?.decision !== 'none') === run?.moving.has(epc)
    })
    expect(alone.length).toBeGreaterThan(15)
    expect(right.length / alone.length).toBeGreaterThanOrEqual(0.85)
  },
)

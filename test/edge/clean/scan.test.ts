import { expect, test } from 'vitest'
import { cleanScan, nothingScanned } from '../../../edge/clean/scan.ts'
import type { ScanReading } from '../../../edge/decoders/reading.ts'
import { checkRecord, type Scan } from '../../../shared/record.ts'

const minute = 60_000
const reading = (fields: Partial<ScanReading>): ScanReading => ({
  type: 'scan',
  at: 5,
  device: 'gun',
  codes: [],
  ...fields,
})

/** Readings with their monotonic time → the records. */
function run(steps: readonly (readonly [number, Partial<ScanReading>])[]): Scan[] {
  const state = nothingScanned()
  const records: Scan[] = []
  for (const [nowMs, fields] of steps) cleanScan(state, reading(fields), nowMs, (record) => records.push(record))
  return records
}
const scan = (codes: string[], fields: object = {}) => ({ kind: 'scan', at: 5, codes, action: 'count', ...fields })

test.each([
  ['a code alone is counted, nobody knows where', [[0, { codes: ['A'] }]], [scan(['A'])]],
  [
    'labels hold for the codes after them',
    [
      [0, { slot: 'A-1' }],
      [1, { action: 'put' }],
      [2, { operator: 'kim' }],
      [3, { codes: ['A'] }],
      [4, { codes: ['B'] }],
    ],
    [
      scan(['A'], { slot: 'A-1', action: 'put', operator: 'kim' }),
      scan(['B'], { slot: 'A-1', action: 'put', operator: 'kim' }),
    ],
  ],
  [
    'the last label counts',
    [
      [0, { slot: 'A-1' }],
      [1, { slot: 'A-2' }],
      [2, { codes: ['A'] }],
    ],
    [scan(['A'], { slot: 'A-2' })],
  ],
  [
    'ten quick scans of one code are ten',
    Array.from({ length: 10 }, () => [0, { codes: ['A'] }] as const),
    Array(10).fill(scan(['A'])),
  ],
  [
    'each device for itself',
    [
      [0, { slot: 'A-1' }],
      [1, { device: 'other', codes: ['A'] }],
    ],
    [scan(['A'])],
  ],
  [
    'a scanner that was put down has forgotten',
    [
      [0, { slot: 'A-1' }],
      [10 * minute, { codes: ['A'] }],
    ],
    [scan(['A'])],
  ],
  [
    'one in use has not',
    [
      [0, { slot: 'A-1' }],
      [9 * minute, { codes: ['A'] }],
      [18 * minute, { codes: ['B'] }],
    ],
    [scan(['A'], { slot: 'A-1' }), scan(['B'], { slot: 'A-1' })],
  ],
  [
    'what a reading says itself comes before the labels, and is of that reading only',
    [
      [0, { slot: 'A-1' }],
      [1, { slot: 'A-9', action: 'pick', codes: ['A'] }],
      [2, { codes: ['B'] }],
    ],
    [scan(['A'], { slot: 'A-9', action: 'pick' }), scan(['B'], { slot: 'A-1' })],
  ],
  [
    'a time that cannot be believed is marked',
    [[0, { codes: ['A'], unsyncedIn: 'boot' }]],
    [scan(['A'], { unsynced: true, boot: 'boot' })],
  ],
] as const)('%s', (_name, steps, records) => expect(run(steps)).toEqual(records))

test('many codes become records that the spool takes, in order, none lost', () => {
  const codes = Array.from({ length: 1000 }, (_, i) => `${i}`.padEnd(512, '码'))
  const records = run([[0, { codes }]])
  expect(records.flatMap((record) => record.codes)).toEqual(codes)
  for (const record of records) {
    expect(checkRecord(record).ok).toBe(true)
    expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThan(32 * 1024)
  }
})

import { expect, test } from 'vitest'
import { encodeBatch, envelopeBytes } from '../../../edge/uplink/batch.ts'
import { BatchEnvelope, batchLimits } from '../../../shared/wire.ts'

const epoch = 'e'.repeat(32)

for (const [name, records] of [
  ['records and holes', ['{"kind":"x","n":1}', null, '{"kind":"y","text":"仓脉 é"}']],
  ['one record', ['{"kind":"x"}']],
  ['only holes', [null, null]],
] as const) {
  test(`${name}: valid by the protocol, bytes as they were stored`, () => {
    const stored = records.map((record) => (record === null ? null : Buffer.from(record)))
    const text = encodeBatch(epoch, 'lease "1"', { first: 7, records: stored }).toString()
    const batch = BatchEnvelope.parse(JSON.parse(text))
    expect(batch).toMatchObject({ v: 1, epoch, lease: 'lease "1"', first: 7 })
    expect(batch.records).toEqual(records.map((record) => (record === null ? null : JSON.parse(record))))
    for (const record of records) expect(text).toContain(record ?? 'null')
  })
}

test('a full batch keeps to the bound', () => {
  const bytes = Buffer.alloc((batchLimits.bytes - envelopeBytes) / 1000, 0x20)
  const lease = 'l'.repeat(128)
  const full = encodeBatch(epoch, lease, { first: 2 ** 52, records: new Array<Buffer>(1000).fill(bytes) })
  expect(full.length).toBeLessThanOrEqual(batchLimits.bytes)
  const holes = encodeBatch(epoch, lease, {
    first: 2 ** 52,
    records: [Buffer.alloc(batchLimits.bytes - envelopeBytes), ...new Array<null>(999).fill(null)],
  })
  expect(holes.length).toBeLessThanOrEqual(batchLimits.bytes)
})

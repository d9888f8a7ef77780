import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readBatch } from '../../../cloud/intake/read-batch.ts'
import { readHello } from '../../../cloud/intake/read-hello.ts'
import { batchLimits } from '../../../shared/wire.ts'
import { epochA, measured, run } from '../../support/journal.ts'

const envelope = (more: Record<string, unknown> = {}) => ({
  v: 1,
  epoch: epochA,
  lease: 'lease',
  first: 7,
  records: run(7, 2),
  ...more,
})
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])

describe('a batch that can be read', () => {
  for (const [name, payload] of [
    ['plain', bytes(envelope())],
    ['gzip', gzipSync(bytes(envelope()))],
    ['with fields of tomorrow', bytes(envelope({ tomorrow: { a: 1 } }))],
    ['with other spacing', bytes(JSON.stringify(envelope(), null, 2))],
  ] as const) {
    test(name, () => {
      const read = readBatch(payload)
      expect(read).toMatchObject({
        ok: true,
        value: { epoch: epochA, lease: 'lease', first: 7, records: run(7, 2), bad: [] },
      })
      if (read.ok) expect(JSON.parse(Buffer.from(read.value.text).toString()).records).toEqual(run(7, 2))
    })
  }

  test('thinned records and unknown kinds pass', () => {
    const records = [null, { kind: 'of-tomorrow', x: [1] }]
    expect(readBatch(bytes(envelope({ records })))).toMatchObject({ ok: true, value: { records, bad: [] } })
  })
})

describe('a bad record costs only itself', () => {
  const big = { kind: 'note', text: 'x'.repeat(batchLimits.recordBytes) }
  for (const [name, record, reason] of [
    ['not an object', 5, /^schema: not an object/],
    ['an array', [measured(8)], /^schema/],
    ['no kind', { at: 1 }, /^schema: kind/],
    ['wrong field', { ...measured(8), sensor: 'a b' }, /^schema: measurement\.sensor/],
    ['string for a number', { ...measured(8), values: { temperature: '4' } }, /^schema: measurement\.values/],
    [
      '1e400, which JSON reads as infinity',
      JSON.parse('{"kind":"measurement","at":1,"sensor":"s","values":{"t":1e400}}'),
      /^schema/,
    ],
    ['newline in a name', { ...measured(8), sensor: 'a\nb' }, /^schema/],
    ['above 32 KiB', big, /^length: 327/],
    ['nested too deep', { kind: 'note', x: nested(40) }, /^schema: nested deeper/],
  ] as const) {
    test(name, () => {
      const text = JSON.stringify(envelope({ records: [measured(7), '?', measured(9)] })).replace(
        '"?"',
        name.startsWith('1e400')
          ? '{"kind":"measurement","at":1,"sensor":"s","values":{"t":1e400}}'
          : JSON.stringify(record),
      )
      const read = readBatch(bytes(text))
      expect(read).toMatchObject({
        ok: true,
        value: {
          records: [measured(7), null, measured(9)],
          bad: [{ sequence: 8, reason: expect.stringMatching(reason) }],
        },
      })
      if (read.ok)
        for (const { sample } of read.value.bad) expect(sample.length).toBeLessThanOrEqual(batchLimits.recordBytes)
    })
  }

  test('exactly 32 KiB is allowed', () => {
    const empty = JSON.stringify({ kind: 'note', text: '' }).length
    const record = { kind: 'note', text: 'x'.repeat(batchLimits.recordBytes - empty) }
    expect(readBatch(bytes(envelope({ records: [record] })))).toMatchObject({ ok: true, value: { bad: [] } })
    const more = { ...record, text: `${record.text}é`.slice(1) }
    expect(readBatch(bytes(envelope({ records: [more] })))).toMatchObject({
      ok: true,
      value: { bad: [{ sequence: 7 }] },
    })
  })
})

describe('a batch that cannot be read', () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20))
  for (const [name, payload, answer] of [
    ['nothing', bytes(''), { reason: 'json' }],
    ['garbage', Buffer.from([0, 1, 2, 3]), { reason: 'json' }],
    ['cut short', bytes(envelope()).subarray(0, 90), { reason: 'json' }],
    [
      'not UTF-8',
      Buffer.concat([bytes('{"v":1,"x":"'), Buffer.from([0xff]), bytes('"}')]),
      { reason: 'json', detail: 'not UTF-8' },
    ],
    ['with a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes(envelope())]), { reason: 'json' }],
    ['NaN', bytes('{"v":1,"first":NaN}'), { reason: 'json' }],
    ['gzip cut short', gzipSync(bytes(envelope())).subarray(0, 40), { reason: 'format', detail: 'gzip' }],
    ['gzip bomb', bomb, { reason: 'length' }],
    ['too long', bytes(envelope({ pad: 'x'.repeat(batchLimits.bytes) })), { reason: 'length' }],
    ['deeply nested', bytes('['.repeat(100_000)), { reason: 'json' }],
    ['not an object', bytes('[]'), { reason: 'schema' }],
    ['version 2', bytes(envelope({ v: 2 })), { reason: 'schema', first: 7, epoch: epochA }],
    ['no epoch', bytes(envelope({ epoch: 'x' })), { reason: 'schema', first: 7 }],
    ['no records', bytes(envelope({ records: [] })), { reason: 'schema', first: 7, epoch: epochA }],
    [
      '1,001 records',
      bytes(envelope({ records: new Array(1001).fill(null) })),
      { reason: 'schema', first: 7, epoch: epochA },
    ],
    ['sequence 0', bytes(envelope({ first: 0 })), { reason: 'schema', epoch: epochA }],
    ['sequences past 2⁵³', bytes(envelope({ first: Number.MAX_SAFE_INTEGER })), { reason: 'schema', epoch: epochA }],
  ] as const) {
    test(name, () => {
      const before = process.memoryUsage().arrayBuffers
      expect(readBatch(payload)).toMatchObject({ ok: false, ...answer })
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024)
    })
  }
})

test('hello: read, or refused with the reason', () => {
  const hello = {
    v: 1,
    epoch: epochA,
    first: 1,
    next: 1,
    version: '0.1.0',
    config: 0,
    boot: epochA,
    startedAt: 0,
    clockSynced: true,
  }
  expect(readHello(bytes(hello))).toMatchObject({ ok: true, value: hello })
  expect(readHello(bytes({ ...hello, epoch: 'x' }))).toMatchObject({ ok: false, reason: 'schema', detail: 'epoch' })
  expect(readHello(bytes('{'))).toMatchObject({ ok: false, reason: 'json' })
  expect(readHello(Buffer.alloc(100_000, 0x20))).toMatchObject({ ok: false, reason: 'length' })
})

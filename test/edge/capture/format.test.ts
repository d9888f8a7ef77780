import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  deliveryLine,
  headerLine,
  linkLine,
  readEntry,
  readHeader,
  withoutSecrets,
} from '../../../edge/capture/format.ts'
import { SourceOptions } from '../../../edge/sources/catalogue.ts'

test('what is written is read again, whatever the bytes', () => {
  const delivery = fc.record(
    {
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
      ),
      at: fc.nat(),
      channel: fc.string(),
      retained: fc.boolean(),
      deviceClock: fc.record({
        counts: fc.constantFrom('utc', 'uptime'),
        offsetMs: fc.integer(),
      }),
    },
    { requiredKeys: ['bytes', 'at'] },
  )
  fc.assert(
    fc.property(delivery, fc.nat(), (written, micros) => {
      const line = deliveryLine(micros / 1000, written)
      expect(line.indexOf('\n')).toBe(line.length - 1)
      expect(readEntry(line)).toEqual({
        ok: true,
        value: { type: 'delivery', ms: micros / 1000, delivery: { ...written, bytes: new Uint8Array(written.bytes) } },
      })
    }),
  )
})

test('a word about the connection', () => {
  const report = { device: 'dock-1', state: 'down', reason: 'cable "pulled"', at: 5 } as const
  expect(readEntry(linkLine(7.0004, report))).toEqual({ ok: true, value: { type: 'link', ms: 7, report } })
})

for (const [name, bytes, expected] of [
  ['a message', '{"epc":"30"}\n', { text: '{"epc":"30"}\n' }],
  ['a topic in Chinese', '冷库', { text: '冷库' }],
  ['a frame that is UTF-8 by accident', '\u0002\u0022', { hex: '0222' }],
] as const) {
  test(`stands in the file as people read it: ${name}`, () => {
    const line = deliveryLine(1, { bytes: new TextEncoder().encode(bytes), at: 2 })
    expect(JSON.parse(line)).toEqual({ ms: 1, at: 2, ...expected })
  })
}

const source = { type: 'serial', id: 'door' }
for (const [name, line, expected] of [
  ['a header', headerLine({ warepulse: 'capture', version: 1, startedAt: 1, source }), { ok: true }],
  ['a CSV file', '// timestamp;EPC', { ok: false, reason: 'json' }],
  ['other JSON', '{"version":1}', { ok: false, reason: 'format' }],
  ['a version of tomorrow', '{"warepulse":"capture","version":2}', { ok: false, reason: 'unsupported' }],
  ['no source', '{"warepulse":"capture","version":1,"startedAt":1}', { ok: false, reason: 'schema' }],
] as const) {
  test(`the first line: ${name}`, () => expect(readHeader(line)).toMatchObject(expected))
}

for (const [name, line, reason] of [
  ['torn', '{"ms":1,"at":2,"hex":"0', 'json'],
  ['half a byte', '{"ms":1,"at":2,"hex":"0"}', 'schema'],
  ['nothing in it', '{"ms":1,"at":2}', 'schema'],
  ['no time', '{"text":"x"}', 'schema'],
] as const) {
  test(`an entry that cannot be read: ${name}`, () => expect(readEntry(line)).toMatchObject({ ok: false, reason }))
}

test('no credentials go into a file for other people, and what is left is still a source', () => {
  const options = SourceOptions.parse({
    type: 'mqtt',
    id: 'site',
    url: 'mqtt://kim:hunter2@broker.lan:1883',
    username: 'kim',
    passwordFile: '/etc/secret',
    subscriptions: [{ topic: 'a/{device}', protocol: 'ruuvi' }],
  })
  const told = withoutSecrets(options)
  expect(JSON.stringify(told)).not.toMatch(/kim|hunter2|secret/)
  expect(SourceOptions.parse(told)).toMatchObject({ url: 'mqtt://broker.lan:1883' })
})

import { describe, expect, test } from 'vitest'
import { decodeBarcodeLine } from '../../../edge/decoders/barcode-lines.ts'
import { decodeScanJson } from '../../../edge/decoders/scan-json.ts'
import { anyLineFramer } from '../../../edge/framing/lines.ts'
import { framesOf } from '../../support/framing.ts'

const context = { device: 'gun', at: 1000 }
const bytes = (text: string) => new TextEncoder().encode(text)
const scan = (fields: object) => ({ type: 'scan', at: 1000, device: 'gun', codes: [], ...fields })

describe('a barcode scanner on a line', () => {
  test.each([
    [
      'a GS1 DataMatrix',
      ']d20109506000134352' + '10L7\u001d21S1',
      { codes: [']d20109506000134352' + '10L7\u001d21S1'] },
    ],
    ['an EAN-13', '6291041500213', { codes: ['6291041500213'] }],
    ['the warehouse’s own', ' KETTLE-17\r', { codes: ['KETTLE-17'] }],
    [
      'a QR code with a Digital Link',
      'https://id.gs1.org/01/09506000134352/21/1',
      { codes: ['https://id.gs1.org/01/09506000134352/21/1'] },
    ],
    ['a slot', 'slot:A-01-2', { slot: 'A-01-2' }],
    ['a slot in capitals', 'SLOT: A-01-2', { slot: 'A-01-2' }],
    ['an action', 'Action:Put', { action: 'put' }],
    ['an operator', 'operator:Kim de Vries', { operator: 'Kim de Vries' }],
  ])('%s', (_name, line, fields) =>
    expect(decodeBarcodeLine(bytes(line), context)).toEqual({ ok: true, value: [scan(fields)] }),
  )
  test.each([
    ['a misread', '(01)09506000134353(21)1', 'checksum'],
    ['an action that is none', 'action:juggle', 'implausible'],
    ['a slot that is none', 'slot:../etc', 'implausible'],
    ['a wrong baud rate', '\u0003\u0080a', 'format'],
    ['a whole page', 'x'.repeat(600), 'overlong'],
  ])('%s is refused', (_name, line, reason) =>
    expect(decodeBarcodeLine(bytes(line), context)).toMatchObject({ ok: false, reason }),
  )
  test('lines end with CR, LF or both', () => {
    const { frames } = framesOf(anyLineFramer({ longestBytes: 16 }), [bytes('A-1\rB-2\r\nC-3\n')])
    expect(frames.map((hex) => Buffer.from(hex, 'hex').toString())).toEqual(['A-1', 'B-2', 'C-3'])
  })
})

describe('a handheld that publishes', () => {
  test('everything at once', () => {
    const said = {
      codes: ['A', 'B'],
      slot: 'A-1',
      action: 'pick',
      operator: 'kim',
      at: '2026-02-02T03:40:00+01:00',
      app: 1,
    }
    expect(decodeScanJson(bytes(JSON.stringify(said)), context)).toEqual({
      ok: true,
      value: [
        scan({ codes: ['A', 'B'], slot: 'A-1', action: 'pick', operator: 'kim', at: Date.UTC(2026, 1, 2, 2, 40) }),
      ],
    })
  })
  test('one code, at the arrival', () =>
    expect(decodeScanJson(bytes('{"code":"A"}'), context)).toEqual({ ok: true, value: [scan({ codes: ['A'] })] }))
  test('one bad element costs only itself', () =>
    expect(decodeScanJson(bytes('[{"code":"A"},{"code":7},{"code":"B"}]'), context)).toMatchObject({
      ok: true,
      value: [{ codes: ['A'] }, { type: 'refused', reason: 'schema', detail: 'code' }, { codes: ['B'] }],
    }))
  test.each([
    ['no JSON', 'A', {}, 'json'],
    ['an action that is none', '{"code":"A","action":"juggle"}', {}, 'schema'],
    ['too many codes', JSON.stringify({ codes: Array(1001).fill('A') }), {}, 'schema'],
    ['a local time', '{"code":"A","at":"2026-02-02T03:40:00"}', {}, 'implausible'],
    ['kept by the broker, of an unknown time', '{"code":"A"}', { retained: true }, 'unsupported'],
  ])('%s is refused', (_name, text, more, reason) =>
    expect(decodeScanJson(bytes(text), { ...context, ...more })).toMatchObject({ ok: false, reason }),
  )
})

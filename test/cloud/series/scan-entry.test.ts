import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type GatewayBody, parsedRecords } from '../../../cloud/journal/read-entry.ts'
import { seriesOf } from '../../../cloud/series/points.ts'
import { openEntryScanner } from '../../../cloud/series/scan-entry.ts'
import { loadRecords, standardLoad } from '../../../simulators/load.ts'

const scan = openEntryScanner()
const at = 1_763_893_688_123
const seen = `{"kind":"observation","at":${at},"firstAt":${at - 300},"readPoint":"gate-3","epc":"AA01","count":7}`
const said = `{"kind":"measurement","at":${at},"sensor":"th-7","values":{"temperature":4.2,"humidity":61}}`

function body(text: string | Uint8Array, form: GatewayBody['form'] = 'records', first = 41): GatewayBody {
  return { site: 's', gateway: 'g', first, form, bytes: typeof text === 'string' ? Buffer.from(text) : text }
}

/** What the parser makes of it. */
const parsed = (given: GatewayBody) => seriesOf({ ...given, records: parsedRecords(given) })

/** Equal to the last bit, and in the order of the fields. */
function expectSame(given: GatewayBody): void {
  const [scanned, expected] = [scan(given), parsed(given)]
  expect(scanned).toStrictEqual(expected)
  expect(JSON.stringify(scanned)).toBe(JSON.stringify(expected))
}

describe('records as they may come', () => {
  test.each([
    ['an observation', seen],
    ['a measurement', said],
    ['all that an observation has', `${seen.slice(0, -1)},"peakRssiDbm":-52.5,"antenna":2,"tid":"E280"}`],
    ['spaces as Python writes them', said.replaceAll(':', ': ').replaceAll(',', ', ')],
    ['spaces as people write them', JSON.stringify(JSON.parse(said), null, 2)],
    ['fields in another order', `{"values":{"t":1},"sensor":"a","at":5,"kind":"measurement"}`],
    ['nothing measured', said.replace(/\{"temperature.*\}\}/, '{}}')],
    ['values without a value', said.replace('61', 'null')],
    ['an exponent', said.replace('4.2', '4.2E+2')],
    ['more digits than a number holds', said.replace('4.2', '0.30000000000000004')],
    ['a zero below zero', said.replace('4.2', '-0.0')],
    ['a field that comes twice', said.replace('"at"', '"at":1,"at"')],
    ['a quantity that comes twice', said.replace('"humidity"', '"temperature":5,"humidity"')],
    ['a quantity named like a place in a list', said.replace('humidity', '7')],
    ['a quantity named like what all objects have', said.replace('humidity', '__proto__')],
    ['… and another', said.replace('humidity', 'constructor')],
    ['an escape in a name', said.replace('th-7', 'th\\u002d7').replace('sensor', 'sens\\u006fr')],
    ['a name beyond ASCII', said.replace('th-7', '仓-7')],
    ['a quote within a text', said.replace('th-7', 'th\\"},{\\"-7')],
    ['an unknown field', said.replace('"at"', '"note":{"deep":[1,{"}":"]"}]},"at"')],
    ['a field of the other kind', said.replace('"at"', '"epc":"AA","at"')],
    ['an observation without its tag', seen.replace('"epc":"AA01",', '')],
    ['a clock that was not trusted', `${seen.slice(0, -1)},"unsynced":true,"boot":"b"}`],
    ['a clock that was found', `{"kind":"clock","at":1,"boot":"b","offsetMs":5.5,"synced":true}`],
    ['a passage', seen.replace('observation', 'passage').replace('}', ',"direction":"in","confidence":1}')],
    ['thinned at the edge', 'null'],
    ['a kind of tomorrow', '{"kind":"hologram"}'],
    ['no record at all', '[1,"kind",{}]'],
  ])('%s', (_name, record) => {
    for (const spaces of ['', ' ', '\n\t'])
      expectSame(body(`[${spaces}${seen}${spaces},${record},${spaces}${said}${spaces}]`))
    expect(scan(body(`[${record}]`)).length).toBe(1)
  })
})

test('what gateways write is read without a parser', () => {
  const load = loadRecords({ ...standardLoad, startAt: at })
  const records = Array.from({ length: 500 }, () => load.next().value)
  const given = body(JSON.stringify([...records, { ...JSON.parse(seen), antenna: 2, tid: 'E280' }]))
  const parse = vi.spyOn(JSON, 'parse')
  onTestFinished(() => parse.mockRestore())
  expect(scan(given).points).toHaveLength(501)
  expect(parse).not.toHaveBeenCalled()
})

describe('envelopes as they may come', () => {
  test.each([
    ['ours', `{"v":1,"epoch":"e","lease":"l","first":1,"records":[${seen},${said}]}`],
    ['records first, spaces', ` { "records" : [ ${seen} , ${said} ] , "v" : 1 , "more" : [ { } , "]" ] } \n`],
    ['records twice', `{"records":[${seen}],"records":[${said}]}`],
    ['an escape in the key', `{"rec\\u006frds":[${seen}],"v":1.5e3}`],
    ['no record', '{"records":[]}'],
  ])('%s', (_name, text) => expectSame(body(text, 'batch')))
})

describe('what the disk has changed is no JSON, or is what the parser reads', () => {
  test.each([
    ['cut off', `[${seen}`],
    ['cut off in a text', '[{"kind":"mea'],
    ['something behind it', `[${seen}]x`],
    ['no comma', `[${seen}${said}]`],
    ['a comma too many', `[${seen},]`],
    ['a leading zero', `[${said.replace('4.2', '04.2')}]`],
    ['a number without decimals', `[${said.replace('4.2', '4.')}]`],
    ['two words', '[null null]'],
    ['nothing', ''],
  ])('%s', (_name, text) => expect(() => scan(body(text))).toThrow())

  test('no UTF-8', () =>
    expect(() => scan(body(Buffer.from(`[${said}]`.replace('th', 'é'), 'latin1')))).toThrow('UTF-8'))

  test('one byte anywhere', () => {
    const text = Buffer.from(`{"v":1,"records":[${seen},null,${said},${said.replace('th-7', '仓')}]}`)
    const outcome = (read: (given: GatewayBody) => unknown, given: GatewayBody) => {
      try {
        return JSON.stringify(read(given))
      } catch {
        return 'no JSON'
      }
    }
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.nat({ max: 255 }), (place, byte) => {
        const changed = Uint8Array.from(text)
        changed[place] = byte
        const given = body(changed, 'batch')
        expect(outcome(scan, given)).toBe(outcome(parsed, given))
      }),
      { numRuns: 3000 },
    )
  })
})

test('whatever records come, plain or not, it reads what the parser reads', () => {
  const number = fc.oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -1e9, max: 1e9 }).map((thousandths) => thousandths / 1000),
  )
  const name = fc.oneof(
    fc.constantFrom('th-7', 'gate.3', 'AA01', '7', '__proto__', '"\\'),
    fc.string({ unit: 'grapheme' }),
  )
  const field = fc.oneof(
    fc.tuple(fc.constantFrom('at', 'firstAt', 'count', 'peakRssiDbm', 'antenna', 'offsetMs', 'confidence'), number),
    fc.tuple(fc.constantFrom('sensor', 'readPoint', 'epc', 'tid', 'boot', 'direction', 'kind'), name),
    fc.tuple(fc.constant('values'), fc.dictionary(name, fc.option(number, { freq: 9 }))),
    fc.tuple(fc.constantFrom('unsynced', 'synced'), fc.boolean()),
    fc.tuple(name, fc.jsonValue()),
  )
  const plain = fc.oneof(
    fc.tuple(fc.constant(said), fc.constantFrom('at', 'sensor', 'values')),
    fc.tuple(fc.constant(seen), fc.constantFrom('at', 'readPoint', 'epc', 'count')),
  )
  const record = fc.oneof(
    // A plain one, of which some fields have become others; and anything.
    fc.tuple(plain, fc.array(field, { maxLength: 3 })).map(([[text], fields]) => ({
      ...(JSON.parse(text) as object),
      ...Object.fromEntries(fields),
    })),
    fc.tuple(fc.constantFrom('measurement', 'observation', 'clock'), fc.array(field)).map(([kind, fields]) => ({
      kind,
      ...Object.fromEntries(fields),
    })),
    fc.jsonValue(),
  )
  fc.assert(
    fc.property(fc.array(record, { minLength: 1 }), fc.constantFrom(0, 1), fc.nat(), (records, indent, first) => {
      const text = JSON.stringify(records, null, indent)
      let expected: string
      try {
        expected = JSON.stringify(parsed(body(text, 'records', first)))
      } catch {
        return // e.g. values that are a number: no gateway's record, the intake has refused it
      }
      expect(JSON.stringify(scan(body(text, 'records', first)))).toBe(expected)
      expect(JSON.stringify(scan(body(`{"v":1,"records":${text}}`, 'batch', first)))).toBe(expected)
    }),
    { numRuns: 1000 },
  )
})

test('numbers are read to the last bit', () => {
  const digits = fc.stringMatching(/^[0-9]{1,20}$/)
  const number = fc.tuple(fc.constantFrom('', '-'), fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.option(digits))
  fc.assert(
    fc.property(number, ([sign, whole, decimals]) => {
      expectSame(body(`[${said.replace('4.2', `${sign}${whole}${decimals === null ? '' : `.${decimals}`}`)}]`))
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (value) => {
      expectSame(body(`[${said.replace('4.2', JSON.stringify(value))}]`))
    }),
    { numRuns: 2000 },
  )
})

test('more names than are kept are each themselves', () => {
  const names = Array.from({ length: 40_000 }, (_, i) => `th-${i}`)
  for (let turn = 0; turn < 2; turn += 1) {
    const records = names.map((sensor) => ({ kind: 'measurement', at, sensor, values: { temperature: 4 } }))
    expect(scan(body(JSON.stringify(records))).points.map(({ source }) => source)).toEqual(names)
  }
})

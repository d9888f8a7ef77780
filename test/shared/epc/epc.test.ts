import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeEpc } from '../../../shared/epc/decode.ts'
import { type Elements, elementsOf, identitiesOf } from '../../../shared/epc/elements.ts'
import { encodeEpc } from '../../../shared/epc/encode.ts'
import { identityUri, parseEpcUri, rawUri, tagUri } from '../../../shared/epc/uri.ts'
import { inWholeWords, plusExamples, taggedExamples } from './standard.ts'

const bracketed = (elements: Elements | undefined) => elements?.map(([ai, value]) => `(${ai})${value}`).join('')

interface Vector {
  readonly scheme: string
  readonly tag_encodable: boolean
  readonly gs1_keyed: boolean
  readonly uri: string
  readonly tag_uri?: string
  readonly hex?: string
  readonly gs1_key?: string
  readonly gs1_element_string?: string
  readonly company_prefix_length?: number
}
const file = new URL('../../../../shared/data/epc/epc-vectors.json', import.meta.url)
const read = (): Record<string, readonly Vector[]> => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).vectors
  } catch (thrown) {
    if (process.env['CI'] !== undefined) throw thrown
    return {} // the vectors are not on this machine
  }
}
const vectors = read()

const tagged = (vectors['VALID_TEST_DATA'] ?? []).flatMap(({ hex, tag_uri, uri }) =>
  hex === undefined || tag_uri === undefined ? [] : [[hex, tag_uri, uri] as const],
)
const uris = (vectors['VALID_TEST_DATA'] ?? []).map(({ uri }) => uri)

test.skipIf(Object.keys(vectors).length === 0 && process.env['CI'] === undefined)(
  'the recorded vectors of epc-vectors.json are all here',
  () => {
    expect(Object.entries(vectors).map(([name, some]) => [name, some.length])).toEqual([
      ['VALID_TEST_DATA', 23],
      ['VALID_ID_PATTERNS', 14],
      ['INVALID_ID_PATTERNS', 14],
    ])
  },
)

describe('binary, tag URI, pure identity', () => {
  const rows = [
    ...taggedExamples.map(([hex, tag]) => [hex, tag] as const),
    ...tagged.map(([hex, tag]) => [hex, tag] as const),
    ['3114257BF4499602D2000000', 'urn:epc:tag:sscc-96:0.0614141.1234567890'],
    ['30340242201D8840009EFDF7', 'urn:epc:tag:sgtin-96:1.0037000.030241.10419703'],
  ] as const
  test.each(rows)('%s is %s, and back', (printed, uri) => {
    const hex = inWholeWords(printed)
    const epc = decodeEpc(hex)
    if (epc.is !== 'tag') throw new Error(`raw: ${JSON.stringify(epc)}`)
    expect(tagUri(epc)).toBe(uri)
    const parsed = parseEpcUri(uri)
    if (!parsed.ok || parsed.value.is !== 'tag') throw new Error(JSON.stringify(parsed))
    expect(encodeEpc(parsed.value.coding, parsed.value.filter, parsed.value.identity)).toEqual({ ok: true, value: hex })
  })

  test.each(tagged)('%s (%s) is %s', (hex, _tag, uri) => {
    const epc = decodeEpc(hex)
    expect(epc.is === 'tag' && identityUri(epc.identity)).toBe(uri)
  })

  test.each(uris)('%s is read and written', (uri) => {
    const parsed = parseEpcUri(uri)
    expect(parsed.ok && parsed.value.is === 'identity' && identityUri(parsed.value.identity)).toBe(uri)
  })
})

describe('GS1 elements', () => {
  test.each(taggedExamples)('%s (%s) is %s', (hex, uri, elements) => {
    const epc = decodeEpc(inWholeWords(hex))
    if (epc.is !== 'tag') throw new Error('raw')
    const said = elementsOf(epc.identity)
    expect(bracketed(said)).toBe(elements)
    if (said !== undefined) {
      const length = epc.identity.parts[0]?.length
      expect(identitiesOf(said, length)).toEqual([epc.identity])
      expect(identitiesOf(said), uri).toContainEqual(epc.identity)
    }
  })

  for (const vector of vectors['VALID_TEST_DATA'] ?? []) {
    const { uri, gs1_key: key, gs1_element_string: string } = vector
    if (string === undefined) continue
    test(`${uri} is ${string}`, () => {
      const parsed = parseEpcUri(uri)
      if (!parsed.ok || parsed.value.is !== 'identity') throw new Error(JSON.stringify(parsed))
      const elements = elementsOf(parsed.value.identity)
      expect(bracketed(elements)).toBe(string)
      // A shorter GTIN is the same one with zeros before it, and so is a GRAI.
      if (key !== undefined) expect(elements?.[0]?.[1].endsWith(key)).toBe(true)
    })
  }

  test('a wrong check digit is no identity', () => {
    expect(
      identitiesOf([
        ['01', '09506000134353'],
        ['21', '1'],
      ]),
    ).toEqual([])
    expect(identitiesOf([['00', '106141412345678909']])).toEqual([])
  })
})

describe('codings of TDS 2', () => {
  test.each(plusExamples)('%s is %s', (hex, coding, filter, elements) => {
    const epc = decodeEpc(inWholeWords(hex))
    if (epc.is !== 'plus') throw new Error(JSON.stringify(epc))
    expect([epc.coding, epc.filter, bracketed(epc.elements)]).toEqual([coding, filter, elements])
  })
  test.each([
    ['upper-case hex', 'F70' + '09506000134352' + nibbles('001' + '00100' + bits(0xbeef, 16)), 'BEEF'],
    ['lower-case hex', 'F70' + '09506000134352' + nibbles('010' + '00100' + bits(0xbeef, 16)), 'beef'],
    ['base64', 'F70' + '09506000134352' + nibbles('011' + '00011' + '000000' + '111110' + '111111'), 'A-_'],
    [
      'URN Code 40',
      'F70' +
        '09506000134352' +
        nibbles('101' + '00100' + bits(1600 * 1 + 40 * 30 + 27 + 1, 16) + bits(1600 * 29 + 1, 16)),
      'A0-:',
    ],
    ['a number with zeros in front', 'F70' + '09506000134352' + nibbles('000' + '00101' + bits(42, 17)), '00042'],
  ])('a serial in %s', (_name, hex, serial) => {
    const epc = decodeEpc(inWholeWords(hex))
    expect(epc).toMatchObject({
      is: 'plus',
      elements: [
        ['01', '09506000134352'],
        ['21', serial],
      ],
    })
  })
})

function bits(value: number, count: number): string {
  return value.toString(2).padStart(count, '0')
}
function nibbles(text: string): string {
  return (text.padEnd(Math.ceil(text.length / 4) * 4, '0').match(/.{4}/g) ?? [])
    .map((four) => Number.parseInt(four, 2).toString(16))
    .join('')
    .toUpperCase()
}

describe('what cannot be told is raw', () => {
  test.each([
    ['a TID', 'E2801170200014CD9B5A08EC', 'tid'],
    ['somebody’s own', 'AD3830770CCDD0AD3830043F', 'header'],
    ['nothing programmed', '000000000000000000000000', 'header'],
    ['half an SGTIN-96', '30340242201D', 'length'],
    ['half an SGTIN-198', '3666C4409047E159B2C2BF10', 'length'],
    ['partition 7', '303C0242201D8840009EFDF7', 'value'],
    [
      'a company prefix of more than its digits',
      `30${nibbles('001' + '101' + '1'.repeat(24) + '0'.repeat(58))}`,
      'value',
    ],
    ['an SSCC with something in the reserve', '3114257BF4499602D2000001', 'value'],
    ['text after the end of a serial', '3666C4409047E159B2C2BF100000000000000000001000000000', 'value'],
    ['an SGTIN-198 without serial', '3666C4409047E140000000000000000000000000000000000000', 'value'],
    ['an SGTIN+ with digits beyond nine', 'F70A95060001343520001100', 'value'],
    ['an SGTIN+ cut short', 'F7009506', 'length'],
    ['no hex', 'URN', 'not-hex'],
    ['half a byte', '303', 'not-hex'],
    ['nothing', '', 'not-hex'],
  ])('%s', (_name, hex, reason) => expect(decodeEpc(hex)).toEqual({ is: 'raw', reason }))

  test('and is written as such', () => {
    expect(rawUri('ad3830770ccdd0ad3830043f')).toBe('urn:epc:raw:96.xAD3830770CCDD0AD3830043F')
    expect(parseEpcUri('urn:epc:raw:96.xAD3830770CCDD0AD3830043F')).toMatchObject({
      value: { is: 'raw', hex: 'AD3830770CCDD0AD3830043F' },
    })
    expect(parseEpcUri('urn:epc:raw:95.xAD3830770CCDD0AD3830043F')).toMatchObject({ ok: false, reason: 'format' })
  })
})

describe('what does not fit is refused with its reason', () => {
  test.each([
    ['a serial with a zero in front', 'sgtin-96', 'urn:epc:id:sgtin:0614141.812345.06789'],
    ['a serial with letters', 'sgtin-96', 'urn:epc:id:sgtin:0614141.812345.A1'],
    ['a serial of 38 bits and one', 'sgtin-96', 'urn:epc:id:sgtin:0614141.812345.274877906944'],
    ['an asset that is no number', 'giai-96', 'urn:epc:id:giai:0614141.1ABc'],
    ['another scheme', 'sscc-96', 'urn:epc:id:sgtin:0614141.812345.1'],
  ] as const)('%s', (_name, coding, uri) => {
    const parsed = parseEpcUri(uri)
    if (!parsed.ok || parsed.value.is !== 'identity') throw new Error(JSON.stringify(parsed))
    expect(encodeEpc(coding, 0, parsed.value.identity)).toMatchObject({ ok: false })
  })
  test('the greatest serial fits', () => {
    const identity = { scheme: 'sgtin', parts: ['0614141', '812345', '274877906943'] } as const
    expect(encodeEpc('sgtin-96', 7, identity)).toMatchObject({ ok: true })
    expect(encodeEpc('sgtin-96', 8, identity)).toEqual({ ok: false, reason: 'implausible', detail: 'filter' })
  })
  test.each([
    ['urn:epc:id:sgtin:061414.812345.1', 'implausible'], // 12 digits instead of 13
    ['urn:epc:id:sgtin:0614141.812345.', 'implausible'],
    ['urn:epc:id:sgtin:0614141.812345', 'implausible'],
    ['urn:epc:id:sgtin:0614141.812345.a%2', 'format'],
    ['urn:epc:id:sgtin:0614141.812345.a b', 'implausible'],
    ['urn:epc:id:lgtin:50712192365.88.1', 'format'], // a class
    ['urn:epc:tag:sgtin-96:8.0614141.812345.1', 'implausible'],
    ['urn:epc:tag:sgtin-64:0.0614141.812345.1', 'unsupported'],
    ['urn:isbn:1', 'format'],
  ])('%s', (uri, reason) => expect(parseEpcUri(uri)).toMatchObject({ ok: false, reason }))
})

describe('patterns', () => {
  test('a star stands for the serial', () => {
    expect(parseEpcUri('urn:epc:idpat:sgtin:0614141.812345.*')).toEqual({
      ok: true,
      value: { is: 'pattern', identity: { scheme: 'sgtin', parts: ['0614141', '812345', '*'] } },
    })
  })
  for (const { idpat, gs1_key: key } of (vectors['VALID_ID_PATTERNS'] ?? []) as readonly {
    idpat?: string
    gs1_key?: string
  }[]) {
    test(`${idpat} is ${key}`, () => {
      const parsed = parseEpcUri(idpat ?? '')
      if (!parsed.ok || parsed.value.is !== 'pattern') throw new Error(JSON.stringify(parsed))
      expect(elementsOf(parsed.value.identity)?.[0]?.[1].endsWith(key ?? '?')).toBe(true)
    })
  }
  for (const { idpat } of (vectors['INVALID_ID_PATTERNS'] ?? []) as readonly { idpat?: string }[]) {
    test(`${idpat} is none`, () => expect(parseEpcUri(idpat ?? '').ok).toBe(false))
  }
})

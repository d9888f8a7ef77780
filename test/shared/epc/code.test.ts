import { describe, expect, test } from 'vitest'
import { articleOf, articlesOf } from '../../../shared/epc/article.ts'
import { readCode, tagsOfCode } from '../../../shared/epc/code.ts'
import { codingNames, codingOf } from '../../../shared/epc/codings.ts'
import { decodeEpc } from '../../../shared/epc/decode.ts'
import { describeEpc } from '../../../shared/epc/describe.ts'
import { tagsOf } from '../../../shared/epc/encode.ts'
import { epcFromText, unwrapped } from '../../../shared/epc/mended-hex.ts'

const hex = '3066C4409047E140075BCD15' // SGTIN-96, filter 3

describe('every way to name one tagged item leads to its tag', () => {
  test.each([
    ['hex', hex],
    ['lower-case hex', hex.toLowerCase()],
    ['hex with blanks', '30 66 C4 40 90 47 E1 40 07 5B CD 15'],
    ['double-encoded hex', Buffer.from(hex, 'ascii').toString('hex')],
    ['tag URI', 'urn:epc:tag:sgtin-96:3.95060001343.05.123456789'],
    ['raw URI', `urn:epc:raw:96.x${hex}`],
    ['pure identity', 'urn:epc:id:sgtin:95060001343.05.123456789'],
    ['Digital Link', 'https://id.gs1.org/01/09506000134352/21/123456789'],
    ['Digital Link of a shop, with an expiry', 'https://shop.example/p/01/9506000134352/21/123456789?17=261231'],
    ['brackets', '(01)09506000134352(21)123456789'],
    ['GS1 DataMatrix', ']d2010950600013435221123456789'],
    ['plain from a wedge', '010950600013435221123456789'],
    ['with lot and expiry', ']C1010950600013435217261231' + '10L7\u001d21123456789'],
  ])('%s', (_name, text) => {
    const code = readCode(text)
    expect(code.ok && tagsOfCode(code.value)).toContain(hex)
  })

  test('other serials, GTINs and lots do not', () => {
    for (const text of [
      '(01)09506000134352(21)12345678',
      '(01)09506000134369(21)123456789',
      '(01)09506000134352(10)123456789',
      '(01)09506000134352',
    ]) {
      const code = readCode(text)
      expect(code.ok && !tagsOfCode(code.value).includes(hex), text).toBe(true)
    }
  })

  test('candidates are bounded: codings × filter values × lengths of the company prefix', () => {
    const code = readCode('(01)09506000134352(21)1')
    const tags = code.ok ? tagsOfCode(code.value) : []
    expect([tags.length, new Set(tags).size]).toEqual([112, 112])
  })

  test.each([
    'urn:epc:id:sgtin:95060001343.05.123456789',
    'urn:epc:id:adi:35962.PQ7VZ4.M37GXB92',
    'urn:epc:id:usdod:CAGEY.5678',
    'urn:epc:id:gid:952056.2718.1414',
  ])('each tag of %s is of that object, with each filter value once', (uri) => {
    const code = readCode(uri)
    if (!code.ok || code.value.is !== 'identity') throw new Error(uri)
    const { identity } = code.value
    const tags = tagsOf(identity)
    const read = tags.map(decodeEpc)
    expect(read).toEqual(read.map(() => expect.objectContaining({ is: 'tag', identity })))
    expect(new Set(tags).size).toBe(tags.length)
    for (const name of codingNames.filter((one) => codingOf(one).scheme === identity.scheme)) {
      const filters = read.flatMap((epc) => (epc.is === 'tag' && epc.coding === name ? [epc.filter] : []))
      const all = Array.from({ length: 2 ** codingOf(name).filter }, (_, filter) => filter)
      expect(filters).toEqual(codingOf(name).filter === 0 ? [null] : all)
    }
  })

  test('a pallet by its SSCC, with and without identifier', () => {
    for (const text of [
      '106141412345678908',
      '00106141412345678908',
      ']C100106141412345678908',
      '(00)106141412345678908',
    ]) {
      const code = readCode(text)
      expect(code.ok && tagsOfCode(code.value), text).toContain('3114257BF4499602D2000000')
    }
  })
})

describe('what a code is', () => {
  test.each([
    ['an EAN-13', '6291041500213', { is: 'elements', elements: [['01', '06291041500213']] }],
    ['with its symbology', ']E06291041500213', { is: 'elements', elements: [['01', '06291041500213']] }],
    ['a TID', 'E2801170200014CD9B5A08EC', { is: 'tag', hex: 'E2801170200014CD9B5A08EC' }],
    ['somebody’s own', 'AD3830770CCDD0AD3830043F', { is: 'tag', hex: 'AD3830770CCDD0AD3830043F' }],
    ['an EPC of decimal digits only', '303404022018400000123456', { is: 'tag', hex: '303404022018400000123456' }],
  ] as const)('%s', (_name, text, value) => expect(readCode(text)).toEqual({ ok: true, value }))

  test.each([
    ['a word', 'KETTLE-17', 'format'],
    ['a GTIN with a wrong check digit, in brackets', '(01)09506000134353', 'checksum'],
    ['a link without key', 'https://example.com/', 'format'],
    ['a pattern', 'urn:epc:idpat:sgtin:0614141.812345.*', 'unsupported'],
    ['nothing', '', 'format'],
  ])('%s is refused', (_name, text, reason) => expect(readCode(text)).toMatchObject({ ok: false, reason }))
})

describe('hex as people and programs write it', () => {
  test.each([
    ["b'303435fc8803d056d15b963f'", '303435FC8803D056D15B963F'],
    ['0x303435FC8803D056D15B963F', '303435FC8803D056D15B963F'],
    ['EPC: 303435FC8803D056D15B963F', '303435FC8803D056D15B963F'],
    ['epc=303435fc8803d056d15b963f', '303435FC8803D056D15B963F'],
    ['"303435FC8803D056D15B963F"', '303435FC8803D056D15B963F'],
    ['30-34-35-FC-88-03', '303435FC8803'],
    ['30:34:35:fc:88:03', '303435FC8803'],
    ['30-34:35', undefined],
    ['303', undefined],
    ['', undefined],
    ['30'.repeat(63), undefined],
    ['EPC', undefined],
  ])('%s', (text, expected) => expect(epcFromText(text)).toBe(expected))
})

describe('hex of hex is turned back', () => {
  test.each([
    // From a field log, double-encoded.
    ['333030383333623264646439303134303030303030303030', '300833B2DDD9014000000000'],
    // Somebody's own numbering in ASCII, 16 characters, stays.
    ['32303234303130313030303031323334', '32303234303130313030303031323334'],
    // A 96-bit EPC whose bytes all happen to be ASCII digits stays.
    ['303132333435363738393031', '303132333435363738393031'],
    // The same twice over is turned back once: twice is nobody's habit.
    [doubled(doubled(hex)), doubled(doubled(hex))],
    // Shorter than its coding: no EPC was meant.
    [doubled('30340242201D8840'), doubled('30340242201D8840')],
    [doubled('E2801170200014CD9B5A08EC'), 'E2801170200014CD9B5A08EC'],
  ])('%s', (text, expected) => expect(unwrapped(text)).toBe(expected))
})

function doubled(text: string): string {
  return Buffer.from(text, 'ascii').toString('hex').toUpperCase()
}

describe('an EPC in all its forms', () => {
  test.each([
    [
      hex,
      {
        coding: 'sgtin-96',
        tagUri: 'urn:epc:tag:sgtin-96:3.95060001343.05.123456789',
        pureIdentity: 'urn:epc:id:sgtin:95060001343.05.123456789',
        elementString: '(01)09506000134352(21)123456789',
        digitalLink: 'https://id.gs1.org/01/09506000134352/21/123456789',
      },
    ],
    [
      'F73795211411234538566CB0AFC4',
      {
        coding: 'sgtin+',
        tagUri: 'urn:epc:raw:112.xF73795211411234538566CB0AFC4',
        pureIdentity: null,
        elementString: '(01)79521141123453(21)32a/b',
        digitalLink: 'https://id.gs1.org/01/79521141123453/21/32a%2Fb',
      },
    ],
    [
      '3500E86F8000A9E000000586',
      {
        coding: 'gid-96',
        tagUri: 'urn:epc:tag:gid-96:952056.2718.1414',
        pureIdentity: 'urn:epc:id:gid:952056.2718.1414',
        elementString: null,
        digitalLink: null,
      },
    ],
    [
      'E2801170200014CD9B5A08EC',
      {
        coding: 'tid',
        tagUri: 'urn:epc:raw:96.xE2801170200014CD9B5A08EC',
        pureIdentity: null,
        elementString: null,
        digitalLink: null,
      },
    ],
  ])('%s', (epc, forms) => expect(describeEpc(epc)).toEqual(forms))
})

describe('the article of a tag', () => {
  test.each([
    ['SGTIN-96', hex, '09506000134352'],
    ['SGTIN+', 'F73795211411234538566CB0AFC4', '79521141123453'],
    ['SGTIN++', 'FD3795211411234538566CB0AFC525065F1876F0D996D800', '79521141123453'],
    ['DSGTIN+', 'FB342CDE795211411234538566CB0AFC4', '79521141123453'],
    ['DSGTIN++', 'FC342CDE795211411234538566CB0AFC525065F1876F0D996D80', '79521141123453'],
  ])('%s: is one of its GTIN, and of no other', (_name, epc, gtin) => {
    expect(articlesOf(gtin)).toContain(articleOf(epc))
    expect(articlesOf('09506000134369')).not.toContain(articleOf(epc))
  })

  test.each([
    ['a pallet', '3114257BF4499602D2000000'],
    ['the identity of a chip', 'E2801170200014CD9B5A08EC'],
    ['an SGTIN-96 cut short', hex.slice(0, 20)],
    ['an SGTIN+ cut short', 'F7379521141123'],
    ['an SGTIN+ with digits beyond nine', 'F70A95060001343520001100'],
    ['nothing', ''],
  ])('%s has none', (_name, epc) => expect(articleOf(epc)).toBeUndefined())
})

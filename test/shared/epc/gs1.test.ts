import { describe, expect, test } from 'vitest'
import { checkDigitOf, gtin14Of, isSscc } from '../../../shared/epc/check-digit.ts'
import { digitalLinkOf, parseDigitalLink } from '../../../shared/epc/digital-link.ts'
import { amountOf, bracketed, elementString, parseElementString } from '../../../shared/epc/element-string.ts'
import type { Elements } from '../../../shared/epc/elements.ts'

const gs = '\u001d'
const understood = (elements: Elements) => ({ ok: true, value: elements })

describe('check digits', () => {
  test.each([
    ['GTIN-14', '0950600013435', '2'],
    ['GTIN-13', '629104150021', '3'],
    ['SSCC', '10614141234567890', '8'],
    ['GLN', '952114112345', '4'],
  ])('of a %s', (_name, digits, digit) => expect(checkDigitOf(digits)).toBe(digit))

  test.each([
    ['95010939', '00000095010939'], // GTIN-8
    ['036000291452', '00036000291452'], // GTIN-12
    ['6291041500213', '06291041500213'],
    ['09506000134352', '09506000134352'],
    ['09506000134353', undefined],
    ['0950600013435', undefined], // its check digit is missing
    ['095060001343X2', undefined],
    ['', undefined],
  ])('GTIN %s', (text, gtin) => expect(gtin14Of(text)).toBe(gtin))

  test('an SSCC has 18 digits and a right check digit', () => {
    expect([isSscc('106141412345678908'), isSscc('106141412345678909'), isSscc('1061414')]).toEqual([
      true,
      false,
      false,
    ])
  })
})

const item: Elements = [
  ['01', '09506000134352'],
  ['21', '32a/b'],
]
const lotAndSerial: Elements = [
  ['01', '09506000134352'],
  ['10', 'LOT-7'],
  ['21', 'S1'],
]

describe('element strings', () => {
  test.each([
    ['as people read them', '(01)09506000134352(21)32a/b', item],
    ['as a wedge sends them', '010950600013435221' + '32a/b', item],
    ['GS1-128', ']C1010950600013435221' + '32a/b', item],
    ['GS1 DataMatrix', ']d2010950600013435221' + '32a/b', item],
    ['GS1 QR', ']Q3010950600013435221' + '32a/b', item],
    ['FNC1 first', `${gs}010950600013435221` + '32a/b', item],
    ['FNC1 between', `]d2010950600013435210LOT-7${gs}21S1`, lotAndSerial],
    ['FNC1 spelt', ']d2010950600013435210LOT-7{GS}21S1', lotAndSerial],
    ['FNC1 at the end too', `]d2010950600013435210LOT-7${gs}21S1${gs}`, lotAndSerial],
    ['FNC1 behind a fixed length', `]d20109506000134352${gs}2132a/b`, item],
    [
      'a serial with brackets',
      '(01)09506000134352(21)a(5)b',
      [
        ['01', '09506000134352'],
        ['21', 'a(5)b'],
      ],
    ],
    ['a pallet', '00106141412345678908', [['00', '106141412345678908']]],
    [
      'contents and count',
      `0209506000134352` + '3724',
      [
        ['02', '09506000134352'],
        ['37', '24'],
      ],
    ],
    ['weight in grams', '3103001250', [['3103', '001250']]],
    ['a date at the end of its month', '17230600', [['17', '230600']]],
    ['a leap day', '15240229', [['15', '240229']]],
    ['a time', '70032306011345', [['7003', '2306011345']]],
    ['an asset with serial', '(8003)0952114112345432a/b', [['8003', '0952114112345432a/b']]],
    [
      'a piece of an item',
      '(8006)095211411234540102(21)981',
      [
        ['8006', '095211411234540102'],
        ['21', '981'],
      ],
    ],
    [
      'a component',
      '(8010)95211415PQ7/Z43(8011)12345',
      [
        ['8010', '95211415PQ7/Z43'],
        ['8011', '12345'],
      ],
    ],
    [
      'a payment slip',
      `(415)9521141123454(8020)A1`,
      [
        ['415', '9521141123454'],
        ['8020', 'A1'],
      ],
    ],
    ['the same twice', '(01)09506000134352(01)09506000134352', [['01', '09506000134352']]],
  ] as const)('%s', (_name, text, elements) => expect(parseElementString(text)).toEqual(understood(elements)))

  test.each([
    ['a wrong check digit', '0109506000134353', 'checksum', '(01) check digit'],
    ['a wrong check digit of an SSCC', '(00)106141412345678909', 'checksum', '(00) check digit'],
    ['a GTIN cut short', '01095060001343', 'implausible', '(01) too short'],
    ['a serial that is too long', `01095060001343522${'1'.repeat(22)}`, 'implausible', '(21) longer than 20'],
    [
      'a serial with a letter that must not be there',
      '(21)a b',
      'implausible',
      '(21) a character that must not be there',
    ],
    ['month 13', '17231301', 'implausible', '(17) no such date'],
    ['30 February', '17230230', 'implausible', '(17) no such date'],
    ['25 o’clock', '70032306012500', 'implausible', '(7003) no such time'],
    ['an identifier that does not exist', '(01)09506000134352(21)1', undefined, undefined],
    ['none', '(09)1', 'unsupported', '(09)'],
    ['none, plain', '0912345678', 'unsupported', '(0912)'],
    ['no serial', '(01)09506000134352(21)', 'implausible', '(21) too short'],
    ['two serials', '(21)1(21)2', 'implausible', '(21) twice'],
    ['nothing', '', 'incomplete', undefined],
    ['a bracket', '(', 'format', undefined],
    ['far too much', '9'.repeat(5000), 'overlong', undefined],
  ] as const)('%s', (_name, text, reason, detail) => {
    const parsed = parseElementString(text)
    if (reason === undefined) expect(parsed.ok).toBe(true)
    else expect(parsed).toEqual({ ok: false, reason, ...(detail !== undefined && { detail }) })
  })

  test('are written as scanners send them and as people read them', () => {
    expect(elementString(lotAndSerial)).toBe(`010950600013435210LOT-7${gs}21S1`)
    expect(bracketed(lotAndSerial)).toBe('(01)09506000134352(10)LOT-7(21)S1')
  })

  test.each([
    [['3103', '001250'], 1.25],
    [['3100', '000012'], 12],
    [['3922', '1999'], 19.99],
    [['3912', '9781999'], 19.99], // 978: euros
    [['37', '24'], undefined],
  ] as const)('%s is %s', (element, amount) => expect(amountOf(element)).toBe(amount))
})

describe('Digital Link', () => {
  test.each([
    ['canonical', 'https://id.gs1.org/01/09506000134352/21/32a%2Fb', item],
    ['another domain and a path of its own', 'https://example.com/some/shop/01/09506000134352/21/32a%2Fb', item],
    [
      'upper case, as QR codes like it',
      'HTTPS://EXAMPLE.COM/01/09506000134352/21/S1',
      [
        ['01', '09506000134352'],
        ['21', 'S1'],
      ],
    ],
    ['a slash at the end, a fragment', 'https://example.com/01/09506000134352/21/32a%2Fb/#top', item],
    ['a GTIN-13', 'https://example.com/01/9506000134352/21/32a%2Fb', item],
    ['qualifiers in order', 'https://example.com/01/09506000134352/10/LOT-7/21/S1', lotAndSerial],
    [
      'qualifiers out of order',
      'https://example.com/01/09506000134352/21/S1/10/LOT-7',
      [lotAndSerial[0], lotAndSerial[2], lotAndSerial[1]],
    ],
    ['words of the first edition', 'https://example.com/gtin/09506000134352/ser/32a%2Fb', item],
    [
      'attributes',
      'https://example.com/01/09506000134352/21/S1?17=230630&linkType=gs1:pip&3103=001250',
      [
        ['01', '09506000134352'],
        ['21', 'S1'],
        ['17', '230630'],
        ['3103', '001250'],
      ],
    ],
    ['a pallet', 'https://id.gs1.org/00/106141412345678908', [['00', '106141412345678908']]],
    [
      'a place',
      'https://example.com/414/9521141123454/254/5678',
      [
        ['414', '9521141123454'],
        ['254', '5678'],
      ],
    ],
    ['an asset', 'https://id.gs1.org/8003/0952114112345432a%2Fb', [['8003', '0952114112345432a/b']]],
    ['a port and http', 'http://shop.example:8080/01/09506000134352', [['01', '09506000134352']]],
  ] as const)('%s', (_name, uri, elements) => expect(parseDigitalLink(uri)).toEqual(understood(elements as Elements)))

  test.each([
    ['a wrong check digit', 'https://id.gs1.org/01/09506000134353', 'checksum'],
    ['no key', 'https://example.com/products/7', 'format'],
    ['a key without value', 'https://example.com/01', 'format'],
    ['what does not belong to the key', 'https://example.com/00/106141412345678908/21/1', 'format'],
    ['a serial alone', 'https://example.com/21/1', 'format'],
    ['something behind it', 'https://example.com/01/09506000134352/21/1/more', 'format'],
    ['the path says one, the query another', 'https://example.com/01/09506000134352/21/1?21=2', 'implausible'],
    ['no web address', 'ftp://example.com/01/09506000134352', 'format'],
    ['far too much', `https://example.com/${'a'.repeat(3000)}`, 'overlong'],
  ])('refused: %s', (_name, uri, reason) => expect(parseDigitalLink(uri)).toMatchObject({ ok: false, reason }))

  test('is written with qualifiers in the path and attributes in the query', () => {
    expect(
      digitalLinkOf([
        ['21', "a/b'!"],
        ['17', '230630'],
        ['10', 'L'],
        ['01', '09506000134352'],
      ]),
    ).toBe('https://id.gs1.org/01/09506000134352/10/L/21/a%2Fb%27%21?17=230630')
    expect(digitalLinkOf(item, 'https://shop.example/p')).toBe('https://shop.example/p/01/09506000134352/21/32a%2Fb')
    expect(digitalLinkOf([['17', '230630']])).toBeUndefined()
  })
})

import { describe, expect, test } from 'vitest'
import { flawSaid } from '../../../cloud/board/core/flaw.ts'
import { flawZhCn } from '../../../cloud/board/core/words/flaw-zh-cn.ts'
import { Flaw, type FlawCode } from '../../../shared/flaw.ts'
import { flawEn } from '../../../shared/flaw-en.ts'

/** Every code of the list, and the values that make a sentence of its own: a list that lacks one does not compile. */
const told: { readonly [Code in FlawCode]: readonly Extract<Flaw, { code: Code }>[] } = {
  'quote-not-closed': [{ code: 'quote-not-closed' }],
  'text-after-quote': [{ code: 'text-after-quote' }],
  columns: [
    { code: 'columns', required: ['epc'], optional: ['lot'], found: ['tag', 'lot'] },
    { code: 'columns', required: ['parent', 'child'], optional: [], found: [] },
  ],
  cells: [{ code: 'cells', cells: 3, columns: 4 }],
  repeated: [{ code: 'repeated', line: 2 }],
  'no-epc': [{ code: 'no-epc' }],
  'no-sscc': [{ code: 'no-sscc' }],
  'no-identifier': [{ code: 'no-identifier' }],
  'no-line': [{ code: 'no-line', most: 64 }],
  'too-long': [{ code: 'too-long', most: 128 }],
  'no-instant': [{ code: 'no-instant' }],
  'no-whole-number': [{ code: 'no-whole-number', least: 0, most: 99 }],
  'no-metres': [
    { code: 'no-metres', aboveZero: false },
    { code: 'no-metres', aboveZero: true },
  ],
  'no-gtin': [{ code: 'no-gtin' }],
  'none-of': [{ code: 'none-of', choices: ['in', 'out'] }],
  'not-on-map': (['zone', 'slot', 'sku', 'gate'] as const).map((what) => ({ code: 'not-on-map', what, name: 'A-9' })),
  'needed-for-new': (['slot', 'sku'] as const).map((what) => ({ code: 'needed-for-new', what })),
  'gtin-of-other': [{ code: 'gtin-of-other', sku: 'MILK-1' }],
  'says-nothing': [{ code: 'says-nothing' }],
  'names-not-one': [{ code: 'names-not-one' }],
  'parent-without-unit': [{ code: 'parent-without-unit' }],
  'quantity-missing': [{ code: 'quantity-missing' }],
  'shipment-otherwise': [{ code: 'shipment-otherwise', line: 7 }],
  'too-many-lines': [{ code: 'too-many-lines', most: 2000 }],
  'unit-on-itself': [{ code: 'unit-on-itself' }],
  'units-too-high': [{ code: 'units-too-high', most: 4 }],
  'shipment-ended': [{ code: 'shipment-ended' }],
  'too-many-shipments': [{ code: 'too-many-shipments', most: 10_000 }],
  'names-no-unit': [{ code: 'names-no-unit' }],
  'names-no-tag': [{ code: 'names-no-tag' }],
  'is-unit': [{ code: 'is-unit' }],
}

/** Values that stand for words. */
const words = ['true', 'false', 'zone', 'slot', 'sku', 'gate']

describe('what is wrong with a row', () => {
  test('every code has words in both languages', () => {
    const codes = Flaw.options.map((option) => option.shape.code.value).sort()
    expect(Object.keys(flawEn).sort()).toEqual(codes)
    expect(Object.keys(flawZhCn).sort()).toEqual(codes)
  })

  test.each(
    Object.values(told)
      .flat()
      .map((flaw) => [JSON.stringify(flaw), flaw] as const),
  )('%s', (_name, flaw) => {
    expect(Flaw.parse(flaw)).toEqual(flaw)
    const error = { path: 'line 3, epc', line: 3, column: 'epc', message: '!', flaw }
    const [english, chinese] = [flawSaid('en', error), flawSaid('zh-CN', error)]
    expect(english).toEqual({ place: 'line 3, epc', text: expect.stringMatching(/^[^\p{Script=Han}]+$/u) })
    expect(chinese).toEqual({ place: '第 3 行，epc', text: expect.stringMatching(/\p{Script=Han}/u) })
    // The same values in both, whatever the order.
    const values = Object.values(flaw)
      .flat()
      .filter((value) => value !== flaw.code && !words.includes(String(value)))
    for (const value of values) for (const { text } of [english, chinese]) expect(text).toContain(String(value))
    for (const { text } of [english, chinese]) expect(text).not.toMatch(/undefined|null|NaN|\[object/)
  })

  test('a code of a newer server is said in English, and marked as that', () => {
    const flaw = { code: 'of-tomorrow' } as unknown as Flaw
    const error = { path: 'line 3', line: 3, message: 'is of tomorrow', flaw }
    expect(flawSaid('zh-CN', error)).toEqual({ place: '第 3 行', text: 'is of tomorrow', lang: 'en' })
    expect(flawSaid('en', error)).toEqual({ place: 'line 3', text: 'is of tomorrow' })
    expect(flawSaid('zh-CN', { path: 'map.site', message: 'rtm' })).toEqual({
      place: 'map.site',
      text: 'rtm',
      lang: 'en',
    })
  })
})

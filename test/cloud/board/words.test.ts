import { describe, expect, test } from 'vitest'
import { formatFor, knownZone } from '../../../cloud/board/core/format.ts'
import { en } from '../../../cloud/board/core/words/en.ts'
import { mapEn } from '../../../cloud/board/core/words/map-en.ts'
import { mapZhCn } from '../../../cloud/board/core/words/map-zh-cn.ts'
import { rulesEn } from '../../../cloud/board/core/words/rules-en.ts'
import { rulesZhCn } from '../../../cloud/board/core/words/rules-zh-cn.ts'
import { setupEn } from '../../../cloud/board/core/words/setup-en.ts'
import { setupZhCn } from '../../../cloud/board/core/words/setup-zh-cn.ts'
import { chooseLanguage, quantityName, severityName, wordsOf } from '../../../cloud/board/core/words/words.ts'
import { zhCn } from '../../../cloud/board/core/words/zh-cn.ts'
import { quantities } from '../../../shared/quantity.ts'

type Shape = Record<string, unknown>
const entries = (catalogue: Shape) => Object.entries(catalogue).sort(([a], [b]) => a.localeCompare(b))
/** Arguments that cannot be mistaken for words. */
const spoken = (value: unknown): unknown =>
  typeof value === 'function'
    ? value(...Array.from({ length: value.length }, (_, n) => (n === 0 ? 7 : `§${n}`)))
    : value

describe('catalogues', () => {
  test('the same keys in both, of the same kind', () => {
    const kinds = (catalogue: Shape) => entries(catalogue).map(([key, value]) => [key, typeof value])
    expect(kinds(zhCn)).toEqual(kinds(en))
    expect(kinds(rulesZhCn)).toEqual(kinds(rulesEn))
    expect(kinds(setupZhCn)).toEqual(kinds(setupEn))
    for (const key of ['kindNames', 'fieldNames', 'choiceNames', 'fieldHints', 'problemNames'] as const)
      expect(Object.keys(rulesZhCn[key]).sort()).toEqual(Object.keys(rulesEn[key]).sort())
    expect(kinds(mapZhCn)).toEqual(kinds(mapEn))
    expect(Object.keys(zhCn.quantityNames).sort()).toEqual(Object.keys(en.quantityNames).sort())
    expect(Object.keys(zhCn.roleNames).sort()).toEqual(Object.keys(en.roleNames).sort())
  })
  test('every quantity has a name', () => {
    for (const quantity of Object.keys(quantities))
      for (const language of ['en', 'zh-CN'] as const)
        expect(quantityName(wordsOf(language), quantity), quantity).not.toBe(quantity)
    expect(quantityName(en, 'vibration')).toBe('vibration')
  })
  test('no sentence is empty, undefined or half translated', () => {
    for (const [name, catalogue] of [
      ['en', en],
      ['en', rulesEn],
      ['en', setupEn],
      ['en', mapEn],
      ['zh-CN', zhCn],
      ['zh-CN', rulesZhCn],
      ['zh-CN', setupZhCn],
      ['zh-CN', mapZhCn],
    ] as const) {
      for (const [key, value] of entries(catalogue)) {
        const text = typeof value === 'object' ? Object.values(value ?? {}).join() : String(spoken(value))
        expect(text.trim(), `${name}.${key}`).not.toBe('')
        expect(text, `${name}.${key}`).not.toMatch(/undefined|\[object/)
        if (name === 'en' && key !== 'switchLanguage') expect(text, key).not.toMatch(/\p{Script=Han}/u)
      }
    }
  })
  test('what is said of a value is said in both languages', () => {
    const pairs: readonly (readonly [Shape, Shape])[] = [
      [en, zhCn],
      [rulesEn, rulesZhCn],
      [setupEn, setupZhCn],
      [mapEn, mapZhCn],
    ]
    for (const [key, value, other] of pairs.flatMap(([one, other]) =>
      entries(one).map(([k, v]) => [k, v, other] as const),
    )) {
      if (typeof value !== 'function') continue
      const marks = (text: unknown) => [...String(text).matchAll(/§\d/g)].map(([mark]) => mark).sort()
      const args = Array.from({ length: value.length }, (_, n) => (n === 0 ? 7 : `§${n}`))
      const translated: unknown = other[key]
      if (typeof translated === 'function') expect(marks(translated(...args)), key).toEqual(marks(value(...args)))
    }
  })
  test('one and many in English', () => {
    expect(en.backlogRecords(1, '1')).toBe('1 record waiting')
    expect(en.backlogRecords(2, '2')).toBe('2 records waiting')
  })
  for (const [preferred, language] of [
    [['zh-TW', 'en'], 'zh-CN'],
    [['nl', 'zh-Hans-CN'], 'zh-CN'],
    [['nl', 'en-GB', 'zh'], 'en'],
    [['nl'], 'en'],
    [[], 'en'],
  ] as const) {
    test(`${preferred.join(', ') || 'nothing'} → ${language}`, () => expect(chooseLanguage(preferred)).toBe(language))
  }
  test('severities', () =>
    expect([1, 2, 3, 4].map((n) => severityName(en, n))).toEqual(['Critical', 'High', 'Medium', 'Low']))
})

describe('format', () => {
  const english = formatFor('en', 'Europe/Amsterdam')
  const chinese = formatFor('zh-CN', 'Asia/Shanghai')
  const at = Date.parse('2026-07-01T12:05:09Z')
  for (const [ms, inEnglish, inChinese] of [
    [-5_000, '0 s', '0 秒'],
    [59_999, '59 s', '59 秒'],
    [60_000, '1 min', '1 分钟'],
    [3_600_000, '1 h', '1 小时'],
    [3_900_000, '1 h 5 min', '1 小时 5 分钟'],
    [47 * 3_600_000, '47 h', '47 小时'],
    [72 * 3_600_000, '3 d', '3 天'],
  ] as const) {
    test(`age ${ms} ms`, () => expect([english.age(ms), chinese.age(ms)]).toEqual([inEnglish, inChinese]))
  }
  test('clocks stand in the time of the site, summer time included', () => {
    expect(english.clock(at)).toBe('14:05:09')
    expect(chinese.clock(at)).toBe('20:05:09')
    expect(english.clock(Date.parse('2026-01-01T23:30:00Z'))).toBe('00:30:00')
  })
  test('the day is said when it is not today at the site', () => {
    expect(english.time(at, at + 60_000)).toBe('14:05')
    expect(english.time(at - 86_400_000, at)).toBe('30 Jun 14:05')
    expect(chinese.time(at - 86_400_000, at)).toBe('6月30日 20:05')
  })
  test('a mistyped zone shows UTC and does not throw', () => {
    expect(knownZone('Europe/Rotterdam')).toBe('UTC')
    expect(formatFor('en', 'Mars/Base').clock(at)).toBe('12:05:09')
  })
  test.each([
    ['temperature', -18, '−0.4 °F', '−0.4 °F'],
    ['temperature', 8, '46.4 °F', '46.4 °F'],
    ['temperature', 25, '77.0 °F', '77 °F'],
    ['humidity', 61.25, '61.3 %', '61.3 %'],
  ] as const)('in °F: %s %d', (quantity, value, said, limit) => {
    const american = formatFor('en', 'America/Chicago', 'fahrenheit')
    expect([american.quantity(quantity, value), american.limit(quantity, value)]).toEqual([said, limit])
    expect(english.inUnit(quantity, value)).toBe(value)
  })
  test('a difference in °F has no 32 in it', () => {
    const american = formatFor('en', 'America/Chicago', 'fahrenheit')
    expect([american.difference('temperature', 5), english.difference('temperature', 5)]).toEqual(['9 °F', '5 °C'])
  })
  test('quantities carry their unit; nothing is not zero', () => {
    expect(english.quantity('temperature', -18.04)).toBe('−18.0 °C')
    expect(english.quantity('temperature', null)).toBe('–')
    expect(english.quantity('carbonDioxide', 1204.4)).toBe('1,204 ppm')
    expect(english.quantity('vibration', 1.25)).toBe('1.3')
    expect([english.limit('temperature', 8), english.limit('temperature', -0.5)]).toEqual(['8 °C', '−0.5 °C'])
  })
  test('just now and then', () =>
    expect([english.ago(1_500), english.ago(2_000), chinese.ago(2_000)]).toEqual(['just now', '2 s ago', '2 秒前']))
})

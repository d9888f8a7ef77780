import { describe, expect, test } from 'vitest'
import { formatFor } from '../../../cloud/board/core/format.ts'
import { whySpeaker } from '../../../cloud/board/core/why.ts'
import { whyZhCn } from '../../../cloud/board/core/words/why-zh-cn.ts'
import { Why, type WhyCode } from '../../../shared/why.ts'
import { whyEn } from '../../../shared/why-en.ts'

const here = { zone: 'COLD', slot: 'C-1' }
const zone = { zone: 'COLD', slot: null }
const named = (id: string) => (id === 'COLD' ? 'Kühlraum' : id)
const english = whySpeaker('en', formatFor('en', 'UTC'), named)
const chinese = whySpeaker('zh-CN', formatFor('zh-CN', 'UTC'), named)

/** Every code of the list, and the values that make a sentence of its own: a list that lacks one does not compile. */
const told: { readonly [Code in WhyCode]: readonly Extract<Why, { code: Code }>[] } = {
  scanned: [
    { code: 'scanned', slot: 'C-1', by: 'gw1' },
    { code: 'scanned', slot: null, by: null },
  ],
  picked: [
    { code: 'picked', by: 'gw1' },
    { code: 'picked', by: null },
  ],
  passed: [
    { code: 'passed', way: 'in', by: 'door.1', sure: 0.9 },
    { code: 'passed', way: 'out', by: null, sure: 1 },
  ],
  carried: [
    { code: 'carried', unit: '3414F4E4E0', ...here, departed: false },
    { code: 'carried', unit: null, ...zone, departed: false },
    { code: 'carried', unit: '3414F4E4E0', zone: null, slot: null, departed: true },
  ],
  read: [
    { code: 'read', times: 1, by: 'shelf.1', covers: 'slot', ...here },
    { code: 'read', times: 3, by: 'roof.1', covers: 'zone', ...zone },
    { code: 'read', times: 3, by: 'door.1', covers: 'gate', ...zone },
    { code: 'read', times: 3, by: 'new.1', covers: 'nothing', zone: null, slot: null },
    { code: 'read', times: 3, by: null, covers: 'slot', ...here },
  ],
  'not-read': [{ code: 'not-read', silentMs: 90_000 }],
  'unit-not-read': [{ code: 'unit-not-read', unit: '3414F4E4E0' }],
  'left-the-map': [
    { code: 'left-the-map', ...here },
    { code: 'left-the-map', ...zone },
  ],
  'gone-silent': [{ code: 'gone-silent', by: 'shelf.1' }],
  'seen-too-little': [{ code: 'seen-too-little', by: 'shelf.1', needs: 2 }],
  'slot-left-the-map': [{ code: 'slot-left-the-map', by: 'shelf.1' }],
  'perhaps-elsewhere': [
    { code: 'perhaps-elsewhere', ...here },
    { code: 'perhaps-elsewhere', ...zone },
  ],
  'readers-silent': [{ code: 'readers-silent' }],
  'late-reads-wait': [{ code: 'late-reads-wait' }],
  'nothing-heard': [{ code: 'nothing-heard' }],
  glimpsed: [{ code: 'glimpsed', times: 1, at: here, needs: 2, withinMs: 600_000 }],
  'not-overruled': [{ code: 'not-overruled' }],
  'fell-silent': [
    { code: 'fell-silent', at: here, usualMs: 400, silentMs: 60_000 },
    { code: 'fell-silent', at: zone, usualMs: null, silentMs: 60_000 },
  ],
  'first-reads': [{ code: 'first-reads', at: here, reads: 2, sureAfter: 6 }],
  between: [
    { code: 'between', at: here, rival: zone, share: 0.7 },
    { code: 'between', at: here, rival: zone, share: null },
  ],
  'reads-speak': [
    { code: 'reads-speak', at: here, against: 0 },
    { code: 'reads-speak', at: here, against: 0.31 },
  ],
  'reads-make-present': [
    { code: 'reads-make-present', reads: 1, withinMs: 600_000 },
    { code: 'reads-make-present', reads: 2, withinMs: 600_000 },
  ],
  'reads-elsewhere': [
    { code: 'reads-elsewhere', at: here, elsewhere: zone, excessDb: 38 },
    { code: 'reads-elsewhere', at: here, elsewhere: null, excessDb: 37.5 },
  ],
  'word-at-once': [{ code: 'word-at-once' }],
  'silence-says-nothing': [{ code: 'silence-says-nothing', at: here }],
  'silence-ends-it': [{ code: 'silence-ends-it', silentMs: 60_000 }],
  'slot-expired': [{ code: 'slot-expired', afterMs: 300_000 }],
  'slot-never-heard': [{ code: 'slot-never-heard' }],
  'slot-holds': [
    { code: 'slot-holds', tags: 1, untagged: 0, frozen: false },
    { code: 'slot-holds', tags: 0, untagged: 40, frozen: true },
    { code: 'slot-holds', tags: 2, untagged: 40, frozen: false },
  ],
  'slot-watched-empty': [{ code: 'slot-watched-empty', frozen: false }],
  'slot-counted-empty': [{ code: 'slot-counted-empty', frozen: true }],
  'count-at-once': [{ code: 'count-at-once' }],
  'read-of-its-antenna': [{ code: 'read-of-its-antenna' }],
  'heard-better-here': [{ code: 'heard-better-here' }],
  'heard-better-elsewhere': [{ code: 'heard-better-elsewhere' }],
  'untagged-until-counted': [{ code: 'untagged-until-counted' }],
  'readers-without-sign': [{ code: 'readers-without-sign', afterMs: 300_000 }],
}
const every: readonly Why[] = Object.values(told).flat()

describe('why something is where it is', () => {
  test('every code has words in both languages', () => {
    const codes = Why.options.map((option) => option.shape.code.value).sort()
    expect(Object.keys(whyEn).sort()).toEqual(codes)
    expect(Object.keys(whyZhCn).sort()).toEqual(codes)
  })

  test.each(every.map((why) => [JSON.stringify(why), why] as const))('%s', (_name, why) => {
    expect(Why.parse(why)).toEqual(why)
    const [inEnglish, inChinese] = [english.said([why], '!'), chinese.said([why], '!')]
    expect(inEnglish).toEqual({ text: expect.stringMatching(/^[^\p{Script=Han}]*\.$/u) })
    expect(inChinese).toEqual({ text: expect.stringMatching(/^[^.]*\p{Script=Han}.*[^.]$/u) })
    // The same values in both: numbers, names and codes, whatever the order.
    const values = (text: string) =>
      [...text.matchAll(/Kühlraum|[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*\d|\d+(?:\.\d+)?/g)].map(([value]) => value).sort()
    const ones = (text: string) => values(text.replaceAll(/Read once|One more/g, '1'))
    expect(values(inChinese.text)).toEqual(ones(inEnglish.text))
    for (const { text } of [inEnglish, inChinese]) expect(text).not.toMatch(/undefined|null|NaN|\[object/)
  })

  test.each([[told.between[0], '原在库位 C-1；认定移到区域“Kühlraum”所需的依据已达 70%。']])(
    '%j in Chinese',
    (why, sentence) => {
      expect(chinese.said(why === undefined ? [] : [why], '').text).toBe(sentence)
    },
  )

  test('a code of a newer server is said in English, and marked as that', () => {
    const newer = { code: 'seen-by-drone', height: 3 } as unknown as Why
    const sentence = 'A drone saw it. It may as well be at C-1.'
    expect(chinese.said([newer, ...told['perhaps-elsewhere'].slice(0, 1)], sentence)).toEqual({
      text: sentence,
      lang: 'en',
    })
    expect(english.said([newer], sentence)).toEqual({ text: sentence })
    expect(chinese.said([], 'Counted by handheld 4.')).toEqual({ text: 'Counted by handheld 4.', lang: 'en' })
    const [count] = told['count-at-once']
    expect(count === undefined ? [] : chinese.each([count, newer], ['A count.', 'A drone.'])).toEqual([
      { text: '盘点此库位：立即生效。' },
      { text: 'A drone.', lang: 'en' },
    ])
  })
})

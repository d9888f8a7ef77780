import { describe, expect, test } from 'vitest'
import { barOf, tableOf, watchTags } from '../../bin/watch/tags.ts'
import type { TagRead } from '../../edge/decoders/reading.ts'

const sgtin = '3066C4409047E140075BCD15'
const read = (changes: Partial<TagRead> = {}): TagRead => ({
  type: 'tag',
  at: 0,
  device: 'dock-4',
  antenna: 1,
  epc: sgtin,
  rssiDbm: -60,
  count: 1,
  ...changes,
})

test.each([
  [undefined, '··········'],
  [-120, '░░░░░░░░░░'],
  [-85, '░░░░░░░░░░'],
  [-60, '█████░░░░░'],
  [-35, '██████████'],
  [0, '██████████'],
])('%s dBm is %s', (rssiDbm, bar) => {
  expect(barOf(rssiDbm)).toBe(bar)
})

describe('reads a second', () => {
  test('are those of the last five seconds, and fade when the tag leaves', () => {
    const tags = watchTags()
    for (let ms = 10_000; ms < 15_000; ms += 100) tags.take(read(), ms)
    const [tag] = tags.rows(14_900, 60_000)
    if (tag === undefined) throw new Error('no tag')
    expect([14_900, 16_900, 18_900, 19_900, 99_000].map((ms) => tags.rate(tag, ms))).toEqual([10, 6, 2, 0, 0])
  })

  test('count what the reader had merged', () => {
    const tags = watchTags()
    tags.take(read({ count: 25 }), 1000)
    const [tag] = tags.rows(1000, 60_000)
    expect(tag && tags.rate(tag, 1000)).toBe(5)
  })
})

describe('the table', () => {
  test('tells by reader and antenna what each tag says, how loud, how often and when', () => {
    const tags = watchTags()
    tags.take(read({ antenna: 2, rssiDbm: -41 }), 5000)
    tags.take(read({ epc: 'E28011700000020A7C1B4C5D', rssiDbm: -70 }), 2000)
    const [header, first, second, footer] = tableOf(tags, 5400, { width: 140, height: 20 })
    expect(header).toMatch(/^READER +EPC +SAYS +RSSI +dBm +READS\/S +SEEN$/)
    expect(first).toMatch(/^dock-4\.1 +E28011700000020A7C1B4C5D tid +███░{7} +-70 +0\.2 +3 s$/)
    expect(second).toMatch(/^dock-4\.2 +3066C4409047E140075BCD15 \(01\)\d{14}\(21\)\d+ +█{9}░ +-41 +0\.2 +now$/)
    expect(footer).toBe('2 tags · 0.4 reads/s')
  })

  test('never is wider or longer than the terminal, and says what does not fit', () => {
    const tags = watchTags()
    for (let n = 0; n < 50; n += 1) tags.take(read({ epc: `E2${String(n).padStart(22, '0')}` }), 1000)
    const lines = tableOf(tags, 1000, { width: 80, height: 24 })
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(lines.at(-1)).toMatch(/^50 tags, 29 more than fit/)
  })

  test('forgets a tag after a minute, and the longest unseen of more than a thousand', () => {
    const tags = watchTags()
    for (let n = 0; n < 1200; n += 1) tags.take(read({ epc: n.toString(16).padStart(24, '0') }), n)
    expect(tags.rows(1200, 60_000)).toHaveLength(1000)
    expect(tags.rows(1200, 60_000)[0]?.epc).toBe((200).toString(16).padStart(24, '0'))
    expect(tags.rows(70_000, 60_000)).toHaveLength(0)
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inEnglish, whyEntered, whyOf, whyOfSilence } from '../../../cloud/inventory/reason.ts'
import { bases } from '../../../cloud/location/evidence.ts'
import type { Place } from '../../../cloud/location/place.ts'
import { Why } from '../../../shared/why.ts'

const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,12}$/)
const epc = fc.stringMatching(/^(?:[0-9A-F]{2}){12}$/)
const place = fc
  .record({
    ...{
      id: fc.nat(),
      key: fc.constant(''),
      zoneKey: fc.constant(''),
      site: id,
      zone: fc.option(id),
      slot: fc.option(id),
      departed: fc.boolean(),
    },
  })
  .map((one): Place => (one.zone === null ? { ...one, slot: null } : one))

test('what the ledger was told of any evidence is read again from its sentence', () => {
  fc.assert(
    fc.property(
      fc.record({
        ...{
          at: fc.nat(),
          basis: fc.constantFrom(...bases),
          place,
          readPoint: id,
          count: fc.integer({ min: 1, max: 99 }),
        },
        ...{ sureness: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100), carriedBy: epc },
      }),
      (evidence) => {
        const said = inEnglish([whyOf(evidence)])
        const [read] = whyEntered(said)
        expect(Why.parse(read).code).toBe(whyOf(evidence).code)
        expect(inEnglish(read === undefined ? [] : [read])).toBe(said)
      },
    ),
  )
})

// Sentences as ledgers of earlier versions hold them.
test.each([
  ['Scanned into slot A-1 with a handheld on gw1.', { code: 'scanned', slot: 'A-1', by: 'gw1' }],
  ['Picked with a handheld on gw1.', { code: 'picked', by: 'gw1' }],
  ['Went out through gate door.1 (90 % sure).', { code: 'passed', way: 'out', by: 'door.1', sure: 0.9 }],
  ['Packed on 3414F4E4E0, which went out.', { code: 'carried', unit: '3414F4E4E0', departed: true }],
  ['Packed on 3414F4E4E0, which is in zone COLD.', { code: 'carried', zone: 'COLD', slot: null, departed: false }],
  ['Packed on 3414F4E4E0, which is in slot C-1.', { code: 'carried', zone: null, slot: 'C-1' }],
  ['Packed on 3414F4E4E0, which was silent for too long.', { code: 'unit-not-read', unit: '3414F4E4E0' }],
  ['Read once by shelf.1, which covers only slot A-1.', { code: 'read', times: 1, covers: 'slot', slot: 'A-1' }],
  ['Read 12 times by roof.1, which covers zone A.', { code: 'read', times: 12, covers: 'zone', zone: 'A', slot: null }],
  ['Read 2 times by door.1, which stands at the gate of zone DOCK.', { code: 'read', covers: 'gate', zone: 'DOCK' }],
  ['Read 2 times by new.1, which is on no map.', { code: 'read', covers: 'nothing', zone: null, by: 'new.1' }],
  ['Not read for 3600 s, longer than it is used to be.', { code: 'not-read', silentMs: 3_600_000 }],
  ['Slot A-1 is not on the map any more.', { code: 'left-the-map', zone: null, slot: 'A-1' }],
  ['Zone A is not on the map any more.', { code: 'left-the-map', zone: 'A', slot: null }],
])('“%s” is read', (sentence, why) => {
  expect(whyEntered(sentence)).toMatchObject([why])
  expect(inEnglish(whyEntered(sentence))).toBe(sentence)
})

test('a sentence that is none of them stays a sentence', () => {
  expect(whyEntered('Seen 38 times by rack-n01.3, which covers this slot only.')).toEqual([])
})

test('a silence is said to the second', () => {
  expect(inEnglish([whyOfSilence({ lastReadAt: 1000, decidedAt: 61_400 })])).toBe(
    'Not read for 60 s, longer than it is used to be.',
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openEpcIndex } from '../../../cloud/inventory/epc-index.ts'
import { TrackedItem } from '../../../cloud/inventory/item.ts'

const hex = (digits: string, length: number) =>
  fc.array(fc.constantFrom(...digits), { minLength: length, maxLength: length }).map((all) => all.join(''))
/** Mostly tags of 96 bits that differ in little; also longer ones, lower case, and what is no hex at all. */
const epc = fc.oneof(
  { weight: 20, arbitrary: hex('01', 24) },
  hex('0123456789ABCDEF', 24),
  hex('0123456789ABCDEF', 32),
  hex('0aAgG/:@', 24),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'binary', minLength: 24, maxLength: 24 }),
)

test('each tag is found by its own EPC and by no other', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(epc, { maxLength: 3000, size: 'max' }),
      fc.array(epc),
      fc.nat(3000),
      (known, asked, roomAt) => {
        const items: TrackedItem[] = []
        const index = openEpcIndex(items)
        for (const [nth, one] of known.entries()) {
          if (nth === roomAt) index.makeRoom(known.length - nth)
          const item = TrackedItem.next(items, one)
          items.push(item)
          index.add(item)
        }
        const expected = new Map(items.map((item) => [item.epc, item.id]))
        expect(known.map((one) => index.get(one)?.id)).toEqual(known.map((one) => expected.get(one)))
        expect(asked.map((one) => index.get(one)?.id)).toEqual(asked.map((one) => expected.get(one)))
      },
    ),
    { numRuns: 20 },
  )
})

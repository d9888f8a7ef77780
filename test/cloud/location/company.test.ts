import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { companyOf, type Whereabout } from '../../../cloud/location/company.ts'

/** Slot 1 is where they belong, slot 2 is next door; `lead`: what speaks for slot 2 of one that is held to be in slot 1. */
type Mate = Whereabout & { readonly lead: number }
const at = 1e12
const lies = (place: number, seconds: number, lead = 0, heardSeconds = 0): Mate => ({
  ...{ place, since: at + seconds * 1000, heardAt: at + heardSeconds * 1000, lead },
})
const home = new Set([1])
const company = (mates: readonly Mate[], heard: ReadonlySet<number> = home, homes: ReadonlySet<number> = home) =>
  companyOf(lies(2, 0), homes, heard, mates, ({ lead }, place) => (place === 2 ? lead : 0))

describe('what the others of its kind say of a tag that was found next door', () => {
  for (const [name, mate, said] of [
    ['found there with it', lies(2, 40), { along: 1, left: 0 }],
    ['was there long before', lies(2, -3600), { along: 0, left: 0 }],
    ['on its way there', lies(1, -3600, 12), { along: 1, left: 0 }],
    ['a read or two of it there are noise', lies(1, -3600, 4), { along: 0, left: 1 }],
    ['heard at home since', lies(1, -3600), { along: 0, left: 1 }],
    ['not heard since', lies(1, -3600, 0, -30), { along: 0, left: 0 }],
    ['lies in a third place', lies(3, 0), { along: 0, left: 0 }],
    ['is nowhere', lies(0, 0), { along: 0, left: 0 }],
  ] as const)
    test(name, () => expect(company([mate])).toEqual(said))

  test('those at a home where it was not say nothing, unless it was at none', () => {
    const homes = new Set([1, 4])
    const away = lies(4, -3600)
    expect(company([away], home, homes)).toEqual({ along: 0, left: 0 })
    expect(company([away], new Set(), homes)).toEqual({ along: 0, left: 1 })
    expect(company([away, lies(2, 10)], new Set(), homes)).toEqual({ along: 1, left: 0 })
  })

  test('in any order', () => {
    const mate = fc
      .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -300, max: 300 }), fc.integer({ min: 0, max: 40 }))
      .map(([place, seconds, lead]) => lies(place, seconds, lead, seconds / 10))
    const some = fc.array(mate, { maxLength: 8 })
    const both = some.chain((mates) =>
      fc.tuple(fc.constant(mates), fc.shuffledSubarray(mates, { minLength: mates.length })),
    )
    fc.assert(
      fc.property(both, ([mates, shuffled]) => {
        expect(company(shuffled)).toEqual(company(mates))
      }),
    )
  })
})

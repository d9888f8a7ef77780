import theirPackage from 'epc-tds'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unescapeFromUri } from '../../../shared/epc/characters.ts'
import { readCode, tagsOfCode } from '../../../shared/epc/code.ts'
import { codingNames, codingOf } from '../../../shared/epc/codings.ts'
import { decodeEpc } from '../../../shared/epc/decode.ts'
import { digitalLinkOf, parseDigitalLink } from '../../../shared/epc/digital-link.ts'
import { bracketed, elementString, parseElementString } from '../../../shared/epc/element-string.ts'
import { elementsOf, identitiesOf } from '../../../shared/epc/elements.ts'
import { encodeEpc } from '../../../shared/epc/encode.ts'
import { type Identity, type Part, schemeOf } from '../../../shared/epc/schemes.ts'
import { identityUri, parseEpcUri, tagUri } from '../../../shared/epc/uri.ts'

const digits = (count: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((some) => some.join(''))
const text = (least: number, longest: number, characters: RegExp) =>
  fc
    .array(
      fc
        .integer({ min: 0x21, max: 0x7a })
        .map((code) => String.fromCharCode(code))
        .filter((one) => characters.test(one)),
      {
        minLength: least,
        maxLength: longest,
      },
    )
    .map((some) => some.join(''))

/** Any identity of that scheme: the parts depend on how long the company prefix is. */
function identity(scheme: Identity['scheme']): fc.Arbitrary<Identity> {
  return fc
    .integer({ min: 6, max: 12 })
    .chain((length) =>
      fc.tuple(...schemeOf(scheme).parts.map((part) => anyPart(part, length))).map((parts) => ({ scheme, parts })),
    )
}

function anyPart(part: Part, prefix: number): fc.Arbitrary<string> {
  switch (part.is) {
    case 'companyPrefix':
      return digits(prefix)
    case 'fill':
      return digits(part.digits - prefix)
    case 'digits':
      return digits(part.digits)
    case 'number':
      return fc.oneof(fc.integer({ min: 0, max: part.below - 1 }), fc.nat(100_000)).map(String)
    case 'joined':
      return fc.oneof(
        text(1, part.longest - prefix, part.characters),
        fc
          .integer({ min: 1, max: 9 })
          .chain(digits)
          .map((some) => String(Number(some))),
      )
    case 'text':
      return part.longest === 6
        ? fc.oneof(text(5, 5, part.characters), text(6, 6, part.characters)) // a CAGE code or a DoDAAC
        : fc.oneof(
            text(part.least, part.longest, part.characters),
            fc
              .integer({ min: part.least, max: Math.min(part.longest, 11) })
              .chain(digits)
              .filter((some) => some.length >= part.least),
          )
  }
}

describe.each(codingNames)('%s', (name) => {
  const { scheme, filter } = codingOf(name)
  test('what it can hold comes back, as bits and as URI', () => {
    let held = 0
    fc.assert(
      fc.property(identity(scheme), fc.nat(Math.max(2 ** filter - 1, 0)), (one, filterValue) => {
        const encoded = encodeEpc(name, filterValue, one)
        if (!encoded.ok) return // this coding has no room for it
        held += 1
        const epc = { is: 'tag', coding: name, filter: filter === 0 ? null : filterValue, identity: one } as const
        expect(decodeEpc(encoded.value)).toEqual(epc)
        expect(parseEpcUri(tagUri(epc))).toEqual({
          ok: true,
          value: { ...epc, filter: filterValue },
        })
        expect(parseEpcUri(identityUri(one))).toEqual({ ok: true, value: { is: 'identity', identity: one } })
      }),
      { numRuns: 300 },
    )
    expect(held).toBeGreaterThan(50)
  })

  test('and by way of elements, element string and Digital Link', () => {
    fc.assert(
      fc.property(identity(scheme), (one) => {
        const elements = elementsOf(one)
        if (elements === undefined) return
        expect(identitiesOf(elements, one.parts[0]?.length)).toEqual([one])
        expect(parseElementString(elementString(elements))).toEqual({ ok: true, value: elements })
        const link = digitalLinkOf(elements) ?? ''
        expect(parseDigitalLink(link)).toEqual({ ok: true, value: elements })
        const code = readCode(link)
        const encoded = encodeEpc(name, 0, one)
        if (encoded.ok) expect(code.ok && tagsOfCode(code.value)).toContain(encoded.value)
        // In brackets too, unless the serial itself looks like an identifier in brackets.
        if (!elements.some(([, value]) => value.includes('('))) {
          expect(parseElementString(bracketed(elements))).toEqual({ ok: true, value: elements })
        }
      }),
      { numRuns: 200 },
    )
  })
})

/**
 * `epc-tds` 1.4.1, an independent implementation, as a second opinion. Three of its habits are not the standard's and are
 * left aside: it escapes nothing in URIs, prints `0` for a reference that has no digits, and leaves out the zeros with
 * which some references begin.
 */
const { valueOf: theirReading } = theirPackage as unknown as typeof theirPackage.default
describe('epc-tds says the same of', () => {
  const known = codingNames.filter((name) => !/adi|usdod|itip|cpi-var|gsrnp|gdti-113/.test(name))
  test.each(known)('%s', (name) => {
    let compared = 0
    fc.assert(
      fc.property(identity(codingOf(name).scheme), fc.nat(7), (one, filterValue) => {
        const encoded = encodeEpc(name, filterValue, one)
        if (!encoded.ok || /^(?:0|$)/.test(one.parts[1] ?? '')) return
        const theirs = theirReading(encoded.value)
        const filter = codingOf(name).filter === 0 ? null : filterValue
        const ours = tagUri({ coding: name, filter, identity: one })
        expect(theirs.toTagURI()).toBe(unescapeFromUri(ours))
        expect(theirs.toIdURI()).toBe(unescapeFromUri(identityUri(one)))
        compared += 1
      }),
      { numRuns: 300 },
    )
    expect(compared).toBeGreaterThan(30)
  })
})

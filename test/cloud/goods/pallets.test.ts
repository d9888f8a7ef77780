import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keptLogSchema, keptSchema, openKept } from '../../../cloud/database/kept.ts'
import { type GatePassage, openMatching } from '../../../cloud/goods/matching.ts'
import { KeptPacked, openPacked, type Packed } from '../../../cloud/goods/packed.ts'
import { type KeptShipment, matchedShipment, outcomeOfTally } from '../../../cloud/goods/shipment.ts'
import { detailOf } from '../../../cloud/goods/shipment-view.ts'
import { wantedBy } from '../../../cloud/goods/wanted.ts'
import type { ShipmentLine } from '../../../shared/shipment.ts'

/** Tags say their SKU before the point; P1, P2, C1… are logistic units. */
const unitOf = (name: string) => (/^[PC]\d$/.test(name) ? `(00)${name}` : name)
const lookups = {
  objectOf: (epc: string) => epc,
  skuOf: (epc: string) => (epc.includes('.') ? (epc.split('.')[0] ?? null) : null),
  gateNames: (point: string) => [point.split('/')[1] ?? ''],
}
const second = 1000

/** `20 MILK on P1`, `MILK.1 on P1`, `C1 on P1`, `P1`, `20 MILK`. */
function lineOf(text: string): ShipmentLine {
  const [what = '', sscc] = text.split(' on ')
  const [count = '', sku] = what.split(' ')
  if (sku !== undefined) return { sku, quantity: Number(count), ...(sscc !== undefined && { sscc }) }
  if (unitOf(what) !== what) return { sscc: what, ...(sscc !== undefined && { parent: sscc }) }
  return { epc: what, ...(sscc !== undefined && { sscc }) }
}
function shipment(name: string, lines: readonly string[], changes: Partial<KeptShipment> = {}): KeptShipment {
  const kept = { site: 'rtm', shipment: name, direction: 'in', gate: null, dueAt: null, announcedAt: 0 } as const
  return { ...kept, lines: lines.map(lineOf), ended: null, settled: null, ...changes }
}
/** `0 +P1` in and `5 -P1` out at the second, at the gate `g1` unless named: `5 +MILK.1@g2`; `9 A:P1` scanned for shipment A. */
function passageOf(text: string): GatePassage {
  const [at = '', what = ''] = text.split(' ')
  const scanned = /^(\w+):(.*)$/.exec(what)
  if (scanned !== null) {
    const [, name = '', epc = ''] = scanned
    return { at: Number(at) * second, epc: unitOf(epc), point: '/hand', direction: 'in', shipment: name }
  }
  const [epc = '', gate = 'g1'] = what.slice(1).split('@')
  const direction = what.startsWith('+') ? 'in' : 'out'
  return { at: Number(at) * second, epc: unitOf(epc), point: `gw/${gate}`, direction }
}
/** `0 MILK.1 onto P1`, `5 MILK.1 off P1`, `5 MILK.1 off`. */
function tellPacking(packed: Packed, text: string): void {
  const [at = '', object = '', act = '', unit = ''] = text.split(' ')
  const fact = { unit: unitOf(unit), at: Number(at) * second, act: act === 'onto' ? 'add' : 'delete' } as const
  packed.tell({ object, epc: object }, fact)
}
function openPacks(facts: readonly string[], most?: number): Packed {
  const database = new DatabaseSync(':memory:')
  database.exec(keptSchema('packed') + keptLogSchema('packed'))
  const packed = openPacked(openKept(database, 'packed', KeptPacked), most)
  for (const fact of facts) tellPacking(packed, fact)
  return packed
}

interface Given {
  readonly shipments: readonly KeptShipment[]
  readonly packing?: readonly string[]
  readonly passages: readonly string[]
}
function matched({ shipments, packing = [], passages }: Given) {
  const packed = openPacks(packing)
  const known = { ...lookups, packed }
  const matching = openMatching(
    shipments.map((one) => matchedShipment(one, wantedBy(one.lines, lookups.objectOf))),
    known,
  )
  for (const passage of passages.map(passageOf)) matching.add(passage)
  const details = shipments.map((one) => {
    const tally = matching.tallies.get(one.shipment)
    if (tally === undefined) throw new Error(one.shipment)
    return detailOf(one, outcomeOfTally(tally))
  })
  return { details, unordered: matching.unordered.map(({ passage }) => passage.epc) }
}
/** Of each line `seen` of `expected`, and how many of them by their pallet: `20/20 (by pallet 18)`. */
function told(given: Given): Record<string, unknown> {
  const { details, unordered } = matched(given)
  const shown = details.map(({ shipment: name, lines, unknown }) => {
    const texts = lines.map(
      ({ seen, expected, byPallet }) => `${seen}/${expected}${byPallet > 0 ? ` (by pallet ${byPallet})` : ''}`,
    )
    return [name, [...texts, ...(unknown > 0 ? [`unknown ${unknown}`] : [])].join(', ')]
  })
  return { ...Object.fromEntries(shown), ...(unordered.length > 0 && { without: unordered.join(' ') }) }
}

const numbered = (sku: string, count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => `${sku}.${index + from}`)
const read = (at: number, epcs: readonly string[], sign = '+') => epcs.map((epc) => `${at} ${sign}${epc}`)
const onto = (unit: string, epcs: readonly string[], at = -60) => epcs.map((epc) => `${at} ${epc} onto ${unit}`)

describe('what was announced to be on a pallet', () => {
  const truck = [shipment('A', ['20 MILK on P1', '20 MILK on P2'])]
  test.each<[string, Given, object]>([
    [
      'counts when the pallet passes, read or not',
      { shipments: truck, passages: ['0 +P1'] },
      { A: '20/20 (by pallet 20), 0/20' },
    ],
    [
      'counts once, whether tags on it answer before or after it',
      { shipments: truck, passages: [...read(0, ['MILK.1', 'MILK.2']), '1 +P1', ...read(2, ['MILK.3'])] },
      { A: '20/20 (by pallet 17), 0/20' },
    ],
    [
      'is told as read, once all of it was',
      { shipments: truck, passages: ['0 +P1', ...read(1, numbered('MILK', 20))] },
      { A: '20/20, 0/20' },
    ],
    [
      'of two pallets at once is shared out, and is no more than was announced',
      { shipments: truck, passages: ['0 +P1', '0 +P2', ...read(1, numbered('MILK', 38))] },
      { A: '20/20, 20/20 (by pallet 2)' },
    ],
    [
      'too many reads are too many, as ever',
      { shipments: truck, passages: ['0 +P1', '0 +P2', ...read(1, numbered('MILK', 42))] },
      { A: '20/20, 22/20' },
    ],
    [
      'is read without its pallet: it is the next one',
      { shipments: truck, passages: ['0 +P1', ...read(300, numbered('MILK', 15))] },
      { A: '20/20 (by pallet 20), 15/20' },
    ],
    [
      'is scanned on the pallet afterwards: it was counted already',
      { shipments: truck, passages: ['0 +P1', '300 A:MILK.1', '301 A:MILK.2'] },
      { A: '20/20 (by pallet 18), 0/20' },
    ],
    [
      'was read before the mute pallet is scanned: it is of that',
      { shipments: truck, passages: ['0 +P1', ...read(300, numbered('MILK', 15)), '400 A:P2'] },
      { A: '20/20 (by pallet 20), 20/20 (by pallet 5)' },
    ],
    [
      'is scanned or read by itself later, and nothing is missing: it was counted already',
      { shipments: [shipment('A', ['20 MILK on P1'])], passages: ['0 +P1', '300 A:MILK.1', '400 +MILK.2'] },
      { A: '20/20 (by pallet 18)' },
    ],
    [
      'has nothing to do with what is scanned for another shipment a moment before and after',
      {
        shipments: [shipment('A', ['20 MILK on P1']), shipment('B', ['2 MILK'])],
        packing: onto('P1', ['MILK.2']),
        passages: ['0 B:MILK.1', '1 A:P1', '2 B:MILK.2'],
      },
      { A: '19/20 (by pallet 19)', B: '2/2' },
    ],
    [
      'counts by the label, where the tag is mute',
      { shipments: truck, passages: ['0 A:P2'] },
      { A: '0/20, 20/20 (by pallet 20)' },
    ],
    [
      'counts once, however often the pallet passes',
      { shipments: truck, passages: ['0 +P1', '60 +P1'] },
      { A: '20/20 (by pallet 20), 0/20' },
    ],
    [
      'goes back with its pallet, also what was read; nothing left without an order',
      { shipments: truck, passages: ['0 +P1', '1 +MILK.1', '60 -P1', '61 -MILK.1', '61 -MILK.9'] },
      { A: '0/20, 0/20' },
    ],
    [
      'comes again with it',
      { shipments: truck, passages: ['0 +P1', '60 -P1', '120 +P1'] },
      { A: '20/20 (by pallet 20), 0/20' },
    ],
    [
      'goes back alone: one is missing',
      { shipments: truck, passages: ['0 +P1', '1 +MILK.1', '60 -MILK.1'] },
      { A: '19/20 (by pallet 19), 0/20' },
    ],
    [
      'is of many kinds, and something is on none',
      {
        shipments: [shipment('A', ['2 MILK on P1', '1 TEA on P1', '2 MILK'])],
        passages: ['0 +P1', '1 +MILK.1', ...read(300, ['MILK.8', 'MILK.9', 'RICE.1'])],
      },
      { A: '2/2 (by pallet 1), 1/1 (by pallet 1), 2/2, 1/0' },
    ],
    [
      'is on cases, which are on the pallet',
      {
        shipments: [shipment('A', ['C1 on P1', '6 MILK on C1', 'C2 on P1', '6 TEA on C2', 'P1'])],
        passages: ['0 +P1', '1 +C1', '1 +TEA.1'],
      },
      { A: '1/1, 6/6 (by pallet 6), 1/1 (by pallet 1), 6/6 (by pallet 5), 1/1' },
    ],
    [
      'is on a case that comes by itself',
      { shipments: [shipment('A', ['C1 on P1', '6 MILK on C1', '4 MILK on P1'])], passages: ['0 +C1'] },
      { A: '1/1, 6/6 (by pallet 6), 0/4' },
    ],
    [
      'goes back with the cases',
      { shipments: [shipment('A', ['C1 on P1', '6 MILK on C1'])], passages: ['0 +P1', '1 +C1', '60 -P1'] },
      { A: '0/1, 0/6' },
    ],
    [
      'are tags by name',
      { shipments: [shipment('A', ['MILK.1 on P1', 'MILK.2 on P1'])], passages: ['0 +P1', '1 +MILK.1'] },
      { A: '1/1, 1/1 (by pallet 1)' },
    ],
    [
      'was announced twice: it belongs to the shipment that is due first',
      {
        shipments: [shipment('A', ['2 MILK on P1'], { dueAt: 2 }), shipment('B', ['2 MILK on P1'], { dueAt: 1 })],
        passages: ['0 +P1', '1 +MILK.1'],
      },
      { A: '0/2', B: '2/2 (by pallet 1)' },
    ],
    [
      'answers a moment before its pallet, and another shipment would have it',
      {
        shipments: [shipment('A', ['2 MILK on P1'], { dueAt: 2 }), shipment('B', ['2 MILK'], { dueAt: 1 })],
        passages: ['0 +MILK.1', '1 +P1', '2 +MILK.2'],
      },
      { A: '2/2', B: '0/2' },
    ],
    [
      'stays too much with the shipment, where it is of another kind',
      { shipments: truck, passages: ['0 +P1', '1 +TEA.1'] },
      { A: '20/20 (by pallet 20), 0/20, 1/0' },
    ],
    [
      'was taken off before it passed',
      {
        shipments: truck,
        packing: ['-60 MILK.1 onto P1', '5 MILK.1 off P1', '6 MILK.2 off P1'],
        passages: ['10 +P1', '300 +MILK.1'],
      },
      { A: '19/20 (by pallet 18), 0/20' },
    ],
    [
      'is taken off after it passed: it did come with it',
      { shipments: truck, packing: ['-60 MILK.1 onto P1', '50 MILK.1 off P1'], passages: ['10 +P1'] },
      { A: '20/20 (by pallet 20), 0/20' },
    ],
  ])('%s', (_name, given, expected) => {
    expect(told(given)).toEqual(expected)
  })
})

describe('what is packed on a pallet', () => {
  const truck = [shipment('A', ['3 MILK', 'TEA.1'])]
  const packing = onto('P1', ['MILK.1', 'MILK.2', 'TEA.1'])
  const order = { direction: 'out' } as const
  test.each<[string, Given, object]>([
    [
      'counts with it, by SKU and by name',
      { shipments: truck, packing, passages: ['0 +P1'] },
      { A: '2/3 (by pallet 2), 1/1 (by pallet 1)' },
    ],
    [
      'counts once, read before or after it',
      { shipments: truck, packing, passages: ['0 +MILK.1', '1 +P1', '2 +TEA.1'] },
      { A: '2/3 (by pallet 1), 1/1' },
    ],
    [
      'was on it only when it passed',
      {
        shipments: truck,
        packing: [...packing, '-5 MILK.1 off P1', '5 MILK.2 off', '-5 TEA.1 onto P2'],
        passages: ['0 +P1'],
      },
      { A: '1/3 (by pallet 1), 0/1' },
    ],
    [
      'is too much where nobody expects it',
      { shipments: truck, packing: onto('P1', ['RICE.1', 'MILK.1']), passages: ['0 +P1'] },
      { A: '1/3 (by pallet 1), 0/1, 1/0 (by pallet 1)' },
    ],
    [
      'is not unknown before it is read',
      { shipments: truck, packing: onto('P1', ['X1']), passages: ['0 +P1', '30 +X1'] },
      { A: '0/3, 0/1, unknown 1' },
    ],
    [
      'is read at another gate: it was not on it, and counts there',
      {
        shipments: [shipment('A', ['2 MILK'], { gate: 'g1' }), shipment('B', ['1 MILK'], { gate: 'g2' })],
        packing: onto('P1', ['MILK.1', 'MILK.2']),
        passages: ['0 +P1', '60 +MILK.1@g2'],
      },
      { A: '1/2 (by pallet 1)', B: '1/1' },
    ],
    [
      'goes back with it',
      { shipments: truck, packing, passages: ['0 +P1', '1 +MILK.1', '60 -P1', '61 -MILK.1'] },
      { A: '0/3, 0/1' },
    ],
    [
      'goes back alone',
      { shipments: truck, packing, passages: ['0 +P1', '60 -MILK.1'] },
      { A: '1/3 (by pallet 1), 1/1 (by pallet 1)' },
    ],
    [
      'is part of a pallet that was announced without saying what is on it',
      { shipments: [shipment('A', ['P1'])], packing, passages: ['0 +P1', '1 +MILK.1', '2 +RICE.1'] },
      { A: '1/1, 1/0' },
    ],
    [
      'is of that pallet, though another shipment would have it',
      {
        shipments: [shipment('A', ['P1'], { dueAt: 2 }), shipment('B', ['2 MILK'], { dueAt: 1 })],
        packing,
        passages: ['0 +MILK.1', '1 +P1'],
      },
      { A: '1/1', B: '0/2' },
    ],
    [
      'fills what was announced of it, and more of it is too much',
      { shipments: [shipment('A', ['2 MILK on P1'])], packing: onto('P1', numbered('MILK', 3)), passages: ['0 +P1'] },
      { A: '3/2 (by pallet 3)' },
    ],
    [
      'goes out with an order, and its pallet with it: it is still there as received',
      {
        shipments: [shipment('A', ['P1', '2 MILK on P1']), shipment('B', ['2 MILK'], order)],
        packing: onto('P1', ['MILK.1', 'MILK.2']),
        passages: ['0 +P1', '600 -P1'],
      },
      { A: '1/1, 2/2 (by pallet 2)', B: '2/2 (by pallet 2)' },
    ],
    [
      'goes out without an order: only what was read is said to',
      {
        shipments: [shipment('B', ['1 MILK'], order)],
        packing: onto('P1', ['MILK.1', 'RICE.1', 'RICE.2']),
        passages: ['600 -P1', '601 -RICE.2'],
      },
      { B: '1/1 (by pallet 1), 2/0 (by pallet 1)', without: 'RICE.2' },
    ],
  ])('%s', (_name, given, expected) => {
    expect(told(given)).toEqual(expected)
  })
})

/**
 * Where everything on pallets is known by name, the whole matter is a set: what came in by itself or with its pallet, and did not
 * go out by itself or with it. Announced are as many as there are.
 */
function byNames(packing: readonly string[], passages: readonly string[]) {
  const packed = openPacks(packing)
  const there = new Map<string, 'read' | 'believed'>()
  for (const { epc, at, direction } of passages.map(passageOf)) {
    if (direction === 'in') {
      for (const { object } of packed.on(epc, at)) there.set(object, there.get(object) ?? 'believed')
      if (epc.includes('.')) there.set(epc, 'read')
    } else for (const gone of [epc, ...packed.on(epc, at).map(({ object }) => object)]) there.delete(gone)
  }
  const believed = [...there.values()].filter((one) => one === 'believed').length
  return { seen: there.size, byPallet: believed }
}

describe('whatever passes', () => {
  const items = numbered('MILK', 8)
  const first = [...onto('P1', items.slice(0, 3)), ...onto('P2', items.slice(3, 6))]
  const lines = ['3 MILK on P1', '3 MILK on P2', '2 MILK']
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 14 })
  const world = times.chain((at) => {
    const sorted = at.toSorted((a, b) => a - b)
    const step = fc.tuple(fc.constantFrom('+', '+', '-'), fc.constantFrom('P1', 'P2', 'P1', 'P2', ...items))
    const packing = fc.tuple(
      fc.integer({ min: 1, max: 200 }),
      fc.constantFrom(...items),
      fc.constantFrom('onto P1', 'onto P2', 'off P1', 'off'),
    )
    return fc.record({
      passages: fc
        .array(step, { minLength: sorted.length, maxLength: sorted.length })
        .map((steps) => steps.map(([sign, what], index) => `${sorted[index]} ${sign}${what}`)),
      packing: fc
        .array(packing, { maxLength: 4 })
        .map((facts) => [...first, ...facts.map(([when, item, act]) => `${when}.5 ${item} ${act}`)]),
    })
  })

  test('a truck has what came on its pallets and by itself, and did not go back: no more, no less', () => {
    fc.assert(
      fc.property(world, (given) => {
        const { details } = matched({ shipments: [shipment('A', lines)], ...given })
        const { seen, byPallet, expected, short, over } = details[0] ?? {}
        expect({ seen, byPallet }).toEqual(byNames(given.packing, given.passages))
        expect(seen).toBe((expected ?? 0) - (short ?? 0) + (over ?? 0))
      }),
      { numRuns: 500 },
    )
  })

  test('it makes no difference in which order it was said what is packed on what', () => {
    fc.assert(
      fc.property(
        world.chain((given) =>
          fc
            .shuffledSubarray(given.packing, { minLength: given.packing.length })
            .map((packing) => ({ given, other: { ...given, packing } })),
        ),
        ({ given, other }) => {
          const shipments = [shipment('A', lines), shipment('B', ['2 MILK', 'P2'], { direction: 'out' })]
          expect(matched({ shipments, ...other })).toEqual(matched({ shipments, ...given }))
        },
      ),
    )
  })

  test('no line of a unit has more than was announced, and never more is believed than seen', () => {
    fc.assert(
      fc.property(world, (given) => {
        const shipments = [
          shipment('A', ['2 MILK on P1', '4 MILK on P2', 'MILK.1']),
          shipment('B', ['P1'], { dueAt: 1 }),
        ]
        for (const { lines: rows } of matched({ shipments, ...given }).details) {
          for (const { seen, byPallet, expected, short, over } of rows) {
            expect(byPallet).toBeGreaterThanOrEqual(0)
            expect(byPallet).toBeLessThanOrEqual(seen)
            expect(seen).toBe(expected - short + over)
          }
        }
      }),
    )
  })
})

test('beyond so many objects, those of which nobody spoke for longest are forgotten', () => {
  const packed = openPacks(onto('P1', ['MILK.1', 'MILK.2']), 3)
  for (const fact of [...onto('P1', ['MILK.3'], 5), ...onto('P1', ['MILK.4'], 6)]) tellPacking(packed, fact)
  expect(packed.on('(00)P1', 10 * second).map(({ object }) => object)).toEqual(['MILK.2', 'MILK.3', 'MILK.4'])
})

test('what is over is forgotten, and what stands is not', () => {
  const packed = openPacks([
    '1 MILK.1 onto P1',
    '2 MILK.1 off',
    '1 MILK.2 onto P1',
    '2 MILK.2 off P2',
    '1 MILK.3 onto P1',
  ])
  tellPacking(packed, '3 MILK.3 onto P2')
  packed.forgetBefore(5 * second)
  expect(packed.kept.get('MILK.1')).toBeUndefined()
  expect(packed.kept.get('MILK.3')?.facts).toHaveLength(1)
  expect(packed.on('(00)P1', 9 * second).map(({ object }) => object)).toEqual(['MILK.2'])
  expect(packed.unitOf('MILK.3', 9 * second)).toBe('(00)P2')
})

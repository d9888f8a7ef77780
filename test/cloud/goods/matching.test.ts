import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type GatePassage, openMatching } from '../../../cloud/goods/matching.ts'
import type { MatchedShipment } from '../../../cloud/goods/tally.ts'
import { wantedBy } from '../../../cloud/goods/wanted.ts'
import type { ShipmentLine } from '../../../shared/shipment.ts'

const minute = 60_000
/** Tags of these tests say their SKU before the point; "X1" has none, "(00)…" is a pallet. */
const lookups = {
  objectOf: (epc: string) => epc,
  skuOf: (epc: string) => (epc.includes('.') ? (epc.split('.')[0] ?? null) : null),
  gateNames: (point: string) => [point.split('/')[1] ?? '', 'dock'],
  packed: { on: () => [], unitOf: () => undefined, takenOff: () => [] },
}
const pallet = '(00)340123450000000017'
const of = (sku: string, quantity: number): ShipmentLine => ({ sku, quantity })
const tag = (epc: string): ShipmentLine => ({ epc })

function shipment(name: string, lines: readonly ShipmentLine[], changes: Partial<MatchedShipment> = {}) {
  const wanted = wantedBy(lines, lookups.objectOf)
  return {
    shipment: name,
    direction: 'in',
    gate: null,
    dueAt: null,
    wanted,
    announcedAt: 0,
    endedAt: null,
    ...changes,
  } as const
}
/** `+` in and `-` out, at the gate `g1` unless named: `+MILK.1`, `-MILK.1@g2`; a minute apart. */
function passages(texts: readonly string[]): readonly GatePassage[] {
  return texts.map((text, index) => {
    const [epc = '', gate = 'g1'] = text.slice(1).split('@')
    return { at: (index + 1) * minute, epc, point: `gw/${gate}`, direction: text.startsWith('+') ? 'in' : 'out' }
  })
}
function matched(shipments: readonly MatchedShipment[], texts: readonly string[]) {
  const matching = openMatching(shipments, lookups)
  for (const passage of passages(texts)) matching.add(passage)
  return {
    ...Object.fromEntries([...matching.tallies].map(([name, { taken }]) => [name, [...taken.keys()].join(' ')])),
    without: matching.unordered.map(({ passage, shipment }) => `${passage.epc} ${shipment ?? '-'}`).join(', '),
  }
}

describe('a passage belongs to', () => {
  const out = { direction: 'out' } as const
  test.each<[string, readonly MatchedShipment[], readonly string[], object]>([
    ['the open shipment of its direction', [shipment('A', [of('MILK', 2)])], ['+MILK.1', '-TEA.1'], { A: 'MILK.1' }],
    ['it once, however often it passes', [shipment('A', [of('MILK', 2)])], ['+MILK.1', '+MILK.1'], { A: 'MILK.1' }],
    ['it no more, once it went back', [shipment('A', [of('MILK', 2)])], ['+MILK.1', '-MILK.1'], { A: '', without: '' }],
    [
      'it again, when it came once more',
      [shipment('A', [of('MILK', 2)])],
      ['+MILK.1', '-MILK.1', '+MILK.1'],
      { A: 'MILK.1' },
    ],
    [
      'it as too much',
      [shipment('A', [of('MILK', 1)])],
      ['+MILK.1', '+MILK.2', '+TEA.1'],
      { A: 'MILK.1 MILK.2 TEA.1' },
    ],
    ['it as unknown', [shipment('A', [of('MILK', 1)])], ['+X1'], { A: 'X1' }],
    [
      'the shipment of its gate, by whichever name',
      [shipment('A', [of('MILK', 2)], { gate: 'g2' }), shipment('B', [of('MILK', 2)], { gate: 'dock' })],
      ['+MILK.1@g1', '+MILK.2@g2'],
      { A: 'MILK.2', B: 'MILK.1' },
    ],
    [
      'the shipment that names the tag, before one that expects its SKU',
      [shipment('A', [of('MILK', 2)]), shipment('B', [tag('MILK.2')])],
      ['+MILK.1', '+MILK.2'],
      { A: 'MILK.1', B: 'MILK.2' },
    ],
    [
      'the shipment that expects its SKU, before the one that is at the gate',
      [shipment('A', [of('MILK', 1)]), shipment('B', [of('TEA', 1)])],
      ['+MILK.1', '+TEA.1', '+RICE.1'],
      { A: 'MILK.1', B: 'TEA.1 RICE.1' },
    ],
    [
      'of two that expect it, the one whose goods passed last',
      [shipment('A', [of('MILK', 2)], { dueAt: 1 }), shipment('B', [of('MILK', 2), of('TEA', 1)], { dueAt: 2 })],
      ['+TEA.1', '+MILK.1'],
      { A: '', B: 'TEA.1 MILK.1' },
    ],
    [
      'of two that expect it, else the one due first',
      [shipment('A', [of('MILK', 2)], { dueAt: 2 }), shipment('B', [of('MILK', 1)], { dueAt: 1 })],
      ['+MILK.1', '+MILK.2'],
      { A: 'MILK.2', B: 'MILK.1' },
    ],
    [
      'nobody, before it was announced or after it had ended',
      [shipment('A', [of('MILK', 9)], { announcedAt: 1.5 * minute, endedAt: 2.5 * minute })],
      ['+MILK.1', '+MILK.2', '+MILK.3'],
      { A: 'MILK.2' },
    ],
    [
      'a shipment that names the tag, also when it was announced afterwards',
      [shipment('A', [tag('X1'), of('MILK', 1)], { announcedAt: 60 * minute })],
      ['+X1', '+MILK.1'],
      { A: 'X1' },
    ],
    [
      "nobody, where it is the pallet's own tag among goods",
      [shipment('A', [of('MILK', 1)])],
      [`+${pallet}`],
      { A: '' },
    ],
    [
      'a shipment of pallets, where it is a pallet',
      [shipment('A', [{ sscc: '340123450000000017' }])],
      [`+${pallet}`],
      { A: pallet },
    ],
    ['nobody: it went out without an order', [], ['-MILK.1', '+MILK.2'], { without: 'MILK.1 -' }],
    [
      'nobody who expects it: it is too much, and without an order',
      [shipment('A', [of('MILK', 1)], out)],
      ['-MILK.1', '-MILK.2'],
      { A: 'MILK.1 MILK.2', without: 'MILK.2 A' },
    ],
    [
      'both, where it comes in with one and goes on with the other',
      [shipment('A', [of('MILK', 1)]), shipment('B', [of('MILK', 1)], out)],
      ['+MILK.1', '-MILK.1'],
      { A: 'MILK.1', B: 'MILK.1', without: '' },
    ],
  ])('%s', (_name, shipments, texts, expected) => {
    expect(matched(shipments, texts)).toMatchObject(expected)
  })
})

test('whatever passes, an object is counted for one shipment of a direction at a time, and no line is filled twice', () => {
  const epc = fc.constantFrom('MILK.1', 'MILK.2', 'MILK.3', 'TEA.1', 'TEA.2', 'X1', pallet)
  const text = fc
    .tuple(fc.constantFrom('+', '-'), epc, fc.constantFrom('g1', 'g2'))
    .map(([way, of, at]) => `${way}${of}@${at}`)
  const shipments = [
    shipment('A', [of('MILK', 2), tag('TEA.2')]),
    shipment('B', [of('MILK', 1), of('TEA', 1)], { gate: 'g2' }),
    shipment('C', [of('MILK', 1)], { direction: 'out' }),
  ]
  fc.assert(
    fc.property(fc.array(text, { maxLength: 40 }), (texts) => {
      const matching = openMatching(shipments, lookups)
      for (const passage of passages(texts)) matching.add(passage)
      const [a, b] = ['A', 'B'].map((name) => matching.tallies.get(name)?.taken ?? new Map())
      expect([...(a?.keys() ?? [])].filter((object) => b?.has(object))).toEqual([])
      for (const { taken, bySku } of matching.tallies.values()) {
        const counted = [...taken.values()].filter(({ share, sku }) => share.for === 'sku' && sku !== null).length
        expect([...bySku.values()].reduce((sum, count) => sum + count, 0)).toBe(counted)
        expect([...bySku.values()].every((count) => count >= 0)).toBe(true)
        const lines = [...taken.values()].flatMap(({ share }) => (share.for === 'line' ? share.place : []))
        expect(new Set(lines).size).toBe(lines.length)
      }
    }),
  )
})

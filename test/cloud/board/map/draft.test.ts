import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mapDiff } from '../../../../cloud/board/core/map/diff.ts'
import {
  aligned,
  emptyMap,
  moved,
  newRow,
  withField,
  withoutRows,
  withReferenceTags,
  withRowAdded,
  withSlots,
} from '../../../../cloud/board/core/map/edit.ts'
import { begun, did, mostSteps, redone, undone } from '../../../../cloud/board/core/map/history.ts'
import { problemsOf } from '../../../../cloud/board/core/map/problems.ts'
import { withSiteField } from '../../../../cloud/board/core/map/site-fields.ts'
import { csvOfSlots, slotsFromCsv } from '../../../../cloud/board/core/map/slot-csv.ts'
import { checkMap } from '../../../../cloud/http/check-map.ts'
import { SiteMap, type Slot } from '../../../../shared/site-map.ts'
import { aMap } from '../a-site.ts'

const slotsAt = (map: SiteMap) => map.slots.map(({ id, x, y }) => `${id} ${x},${y}`)
const chosen = (...rows: number[]) => ({ kind: 'slots' as const, rows: new Set(rows) })

describe('edits', () => {
  test('a zone that is renamed keeps what is in it', () => {
    const map = withField(aMap(), 'zones', 0, { id: 'hall' })
    expect(map.slots.map(({ zone }) => zone)).toEqual(['hall', 'hall', 'south', 'south'])
    expect(map.readPoints.filter(({ zone }) => zone === 'hall')).toHaveLength(2)
    expect(map.sensors[0]?.zone).toBe('hall')
  })
  test('light barriers go with their zones: renamed, and gone', () => {
    const beams = (['hall', 'south'] as const).map((zone, n) => ({
      ...{ gateway: 'gw-1', device: 'door', input: n + 1, side: 'inside' as const, brokenAt: 'high' as const },
      zone: n === 0 ? (aMap().zones[0]?.id ?? '') : zone,
    }))
    const map = { ...aMap(), beams }
    expect(withField(map, 'zones', 0, { id: 'hall' }).beams?.map(({ zone }) => zone)).toEqual(['hall', 'south'])
    expect(withoutRows(map, { kind: 'zones', rows: new Set([0]) }).beams).toEqual([beams[1]])
  })

  test('operator areas go with their zones: renamed, taken away, and gone with the last', () => {
    const areas = [
      { id: 'both', name: 'Both', zones: ['north', 'south'] },
      { id: 'one', name: 'One', zones: ['north'] },
    ]
    const map = { ...aMap(), areas }
    expect(withField(map, 'zones', 0, { id: 'hall' }).areas?.map(({ zones }) => zones)).toEqual([
      ['hall', 'south'],
      ['hall'],
    ])
    expect(withoutRows(map, { kind: 'zones', rows: new Set([0]) }).areas).toEqual([{ ...areas[0], zones: ['south'] }])
  })
  test('profiles of antennas go with their zones too; one that names none stays', () => {
    const settings = { lead: 60 }
    const profiles = [{ zones: ['north', 'south'], settings }, { zones: ['north'], settings }, { settings }]
    const map = { ...aMap(), profiles }
    expect(withField(map, 'zones', 0, { id: 'hall' }).profiles?.map(({ zones }) => zones)).toEqual([
      ['hall', 'south'],
      ['hall'],
      undefined,
    ])
    expect(withoutRows(map, { kind: 'zones', rows: new Set([0]) }).profiles).toEqual([
      { zones: ['south'], settings },
      { settings },
    ])
  })

  test('a slot that is renamed is still read by its antenna; one of two with one name takes nothing along', () => {
    expect(withField(aMap(), 'slots', 0, { id: 'N-9' }).readPoints[0]?.slots).toEqual(['N-9'])
    const twins = withField(aMap(), 'slots', 1, { id: 'N-1' })
    expect(withField(twins, 'slots', 1, { id: 'N-7' }).readPoints[0]?.slots).toEqual(['N-1'])
  })
  test.each([
    ['one, in any case', '3034abcd', ['3034ABCD']],
    [
      'several, apart by whatever',
      ' 3034AA, 3034BB;3034CC\n3034DD、3034EE',
      ['3034AA', '3034BB', '3034CC', '3034DD', '3034EE'],
    ],
    ['one twice is one', '3034AA 3034aa', ['3034AA']],
    ['what is none is kept, to be mended', 'shelf', ['SHELF']],
    ['none', '  ', undefined],
  ])('reference tags: %s', (_name, text, tags) => {
    const map = withReferenceTags(aMap(), 1, text)
    expect(map.slots.map(({ referenceTags }) => referenceTags)).toEqual([undefined, tags, undefined, undefined])
    expect(withReferenceTags(map, 1, text)).toBe(map)
    expect(withReferenceTags(map, 1, '')).toEqual(aMap())
  })
  test('a slot that a pattern or a table puts elsewhere keeps its reference tags', () => {
    const [, before] = aMap().slots
    const elsewhere = { ...before, x: 9 } as Slot
    const map = withSlots(withReferenceTags(aMap(), 1, '3034AA'), [elsewhere], 'add')
    expect(map.slots[1]).toEqual({ ...elsewhere, referenceTags: ['3034AA'] })
  })
  test('what changes nothing is the same map', () => {
    const map = aMap()
    expect(withField(map, 'slots', 0, { x: 1 })).toBe(map)
    expect(moved(map, chosen(), 1, 1)).toBe(map)
    expect(moved(map, chosen(0), 0, 0)).toBe(map)
    expect(aligned(map, chosen(0), 'left')).toBe(map)
  })
  test('moved', () =>
    expect(slotsAt(moved(aMap(), chosen(0, 3), 0.1, -0.2))).toEqual([
      'N-1 1.1,0.8',
      'N-2 3,1',
      'S-1 1,6',
      'S-2 3.1,5.8',
    ]))
  test.each([
    ['left', ['N-1 1,1', 'N-2 1,1', 'S-1 1,6', 'S-2 3,6']],
    ['right', ['N-1 4,1', 'N-2 3,1', 'S-1 1,6', 'S-2 3,6']],
    ['top', ['N-1 1,1', 'N-2 3,1', 'S-1 1,6', 'S-2 3,6']],
  ] as const)('aligned at the %s', (edge, expected) => {
    // The second is two metres wide: at the right edge the first moves to where the second ends.
    const map = withField(aMap(), 'slots', 1, { width: 2 })
    expect(slotsAt(aligned(map, chosen(0, 1), edge))).toEqual(expected)
  })
  test('rows are removed, and what read a removed slot is told as a problem', () => {
    const map = withoutRows(aMap(), chosen(0))
    expect(slotsAt(map)).toEqual(['N-2 3,1', 'S-1 1,6', 'S-2 3,6'])
    expect(problemsOf(map)).toEqual([{ kind: 'readPoints', row: 0, field: 'slots', flaw: 'no-slot' }])
  })
  test('slots of a file take the place of those with the same code', () => {
    const slot = (id: string, x: number): Slot => ({ id, zone: 'north', x, y: 0, width: 1, depth: 1, level: 0 })
    expect(slotsAt(withSlots(aMap(), [slot('N-2', 9), slot('N-3', 5)], 'add'))).toEqual([
      'N-1 1,1',
      'N-2 9,0',
      'S-1 1,6',
      'S-2 3,6',
      'N-3 5,0',
    ])
    expect(slotsAt(withSlots(aMap(), [slot('N-3', 5)], 'replace'))).toEqual(['N-3 5,0'])
  })
  test('a new row has a name of its own and lies in the zone under it', () => {
    const map = withRowAdded(aMap(), 'slots', newRow(aMap(), 'slots', 2, 6) as Slot)
    expect(map.slots.at(-1)).toMatchObject({ id: 'slot-5', zone: 'south', x: 2, y: 6 })
    expect(problemsOf(map)).toEqual([])
  })
})

describe('history', () => {
  test('back and forth; a new step forgets what was undone', () => {
    const three = did(did(begun(1), 2), 3)
    expect(undone(undone(three)).present).toBe(1)
    expect(redone(undone(three)).present).toBe(3)
    expect(redone(did(undone(three), 4)).present).toBe(4)
    expect(undone(begun(1)).present).toBe(1)
    expect(did(three, 3)).toBe(three)
  })
  test('is bounded', () => {
    let history = begun(0)
    for (let n = 1; n <= 500; n++) history = did(history, n)
    expect(history.past).toHaveLength(mostSteps)
    for (let n = 0; n < 500; n++) history = undone(history)
    expect(history.present).toBe(500 - mostSteps)
  })
})

describe('problems', () => {
  test('none of a map that fits', () => expect(problemsOf(aMap())).toEqual([]))
  test.each<[string, (map: SiteMap) => SiteMap, object]>([
    [
      'a code with a space',
      (map) => withField(map, 'slots', 1, { id: 'N 2' }),
      { kind: 'slots', row: 1, field: 'id', flaw: 'not-a-name' },
    ],
    [
      'a code used twice',
      (map) => withField(map, 'slots', 3, { id: 'N-2' }),
      { kind: 'slots', row: 3, field: 'id', flaw: 'twice' },
    ],
    [
      'a zone that is not there',
      (map) => withField(map, 'slots', 0, { zone: 'attic' }),
      { kind: 'slots', row: 0, field: 'zone', flaw: 'no-zone' },
    ],
    [
      'no width',
      (map) => withField(map, 'slots', 0, { width: 0 }),
      { kind: 'slots', row: 0, field: 'width', flaw: 'no-size' },
    ],
    [
      'half a level',
      (map) => withField(map, 'slots', 0, { level: 0.5 }),
      { kind: 'slots', row: 0, field: 'level', flaw: 'no-level' },
    ],
    [
      'nowhere',
      (map) => withField(map, 'sensors', 0, { x: Number.NaN }),
      { kind: 'sensors', row: 0, field: 'x', flaw: 'not-metres' },
    ],
    [
      'a zone without a name',
      (map) => withField(map, 'zones', 0, { name: '' }),
      { kind: 'zones', row: 0, field: 'name', flaw: 'no-label' },
    ],
    [
      'a slot antenna without a slot',
      (map) => withField(map, 'readPoints', 0, { slots: [] }),
      { kind: 'readPoints', row: 0, field: 'slots', flaw: 'slot-needed' },
    ],
    [
      'a reference tag that is no EPC',
      (map) => withReferenceTags(map, 0, '3034AA 3034A'),
      { kind: 'slots', row: 0, field: 'referenceTags', flaw: 'not-an-epc' },
    ],
    [
      'more reference tags than a slot may have',
      (map) => withReferenceTags(map, 0, Array.from({ length: 17 }, (_, n) => 3034_0000 + n).join(' ')),
      { kind: 'slots', row: 0, field: 'referenceTags', flaw: 'too-many-tags' },
    ],
    [
      'a reference tag of two slots',
      (map) => withReferenceTags(withReferenceTags(map, 0, '3034AA'), 2, '3034BB 3034AA'),
      { kind: 'slots', row: 2, field: 'referenceTags', flaw: 'tag-twice' },
    ],
    [
      'one read point twice',
      (map) => withField(map, 'readPoints', 4, { id: 'g.1' }),
      { kind: 'readPoints', row: 4, field: 'id', flaw: 'twice' },
    ],
    [
      'a site without a name',
      (map) => withSiteField(map, 'name', ''),
      { kind: 'site', row: 0, field: 'name', flaw: 'no-label' },
    ],
    [
      'a time zone that is not there',
      (map) => withSiteField(map, 'timeZone', 'Europe/Amsterdamm'),
      { kind: 'site', row: 0, field: 'timeZone', flaw: 'no-time-zone' },
    ],
    [
      'a site without depth',
      (map) => withSiteField(map, 'depth', 0),
      { kind: 'site', row: 0, field: 'depth', flaw: 'no-size' },
    ],
  ])('%s', (_name, change, problem) => expect(problemsOf(change(aMap()))).toEqual([problem]))

  test('whatever the server refuses is told here', () => {
    const name = fc.constantFrom('N-1', 'S-1', 'x', '', 'a b', '-', 'n'.repeat(65))
    const zone = fc.constantFrom('north', 'south', 'attic', '')
    const metres = fc.constantFrom(0, 1.5, -3, 1e6, Number.NaN, Number.POSITIVE_INFINITY)
    const tags = fc.array(fc.constantFrom('3034AA', '3034BB', '3034A', '', 'x'), { maxLength: 17 })
    const slot = fc.record({
      id: name,
      referenceTags: tags,
      zone,
      x: metres,
      y: metres,
      width: metres,
      depth: metres,
      level: fc.constantFrom(0, 99, 100, 0.5, -1),
    })
    const point = fc.record({
      id: name,
      gateway: name,
      device: name,
      kind: fc.constantFrom('slot' as const, 'zone' as const, 'gate' as const),
      zone,
      slots: fc.array(name, { maxLength: 2 }),
      x: metres,
      y: metres,
    })
    const site = fc.record({
      name: fc.constantFrom('Harbour DC', '', 'n'.repeat(129)),
      timeZone: fc.constantFrom('Europe/Amsterdam', 'UTC', '', 'Mars/Olympus'),
      width: metres,
    })
    fc.assert(
      fc.property(
        fc.array(slot, { maxLength: 3 }),
        fc.array(point, { maxLength: 2 }),
        site,
        (slots, readPoints, said) => {
          const map = aMap({ slots, readPoints, ...said })
          const parsed = SiteMap.safeParse(map)
          if (!parsed.success || checkMap(parsed.data).length > 0) expect(problemsOf(map)).not.toEqual([])
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('diff', () => {
  test('nothing of the same map, whatever the order of its rows and fields', () => {
    const map = aMap()
    const turned = {
      ...map,
      slots: map.slots.toReversed().map((slot) => Object.fromEntries(Object.entries(slot).reverse()) as Slot),
    }
    expect(mapDiff(map, turned).isEmpty).toBe(true)
  })
  test('added, changed and removed, by their codes', () => {
    const draft = withField(withoutRows(aMap(), chosen(0)), 'slots', 0, { x: 4 })
    const { of, isEmpty } = mapDiff(aMap(), withRowAdded(draft, 'slots', { ...aMap().slots[0], id: 'new' } as Slot))
    expect(isEmpty).toBe(false)
    expect(of.slots).toEqual({ added: ['new'], changed: ['N-2'], removed: ['N-1'] })
    expect(of.readPoints).toEqual({ added: [], changed: [], removed: [] })
  })
  test('what is said of the site: from what to what; another version alone is no change', () => {
    const draft = withSiteField(withSiteField(aMap(), 'timeZone', 'Asia/Shanghai'), 'width', 99)
    const { timeZone, width } = aMap()
    expect(mapDiff(aMap(), draft)).toMatchObject({
      isEmpty: false,
      site: [
        { field: 'timeZone', from: timeZone, to: 'Asia/Shanghai' },
        { field: 'width', from: width, to: 99 },
      ],
    })
    expect(mapDiff(aMap(), { ...aMap(), version: 9 }).isEmpty).toBe(true)
  })
  test('beginning from nothing removes everything', () =>
    expect(mapDiff(aMap(), emptyMap(aMap())).of.readPoints.removed).toEqual([
      'gw-n/n.1',
      'gw-n/n.2',
      'gw-s/s.1',
      'gw-s/g.1',
      'gw-s/g.2',
    ]))
})

describe('slots as a table', () => {
  test('what was written is read again', () => {
    const { slots } = aMap()
    expect(slotsFromCsv(csvOfSlots(slots))).toEqual({ slots, rows: 4, bad: 0, findings: [] })
    const odd = [{ ...slots[0], id: 'a,"b"\n' } as Slot]
    expect(slotsFromCsv(csvOfSlots(odd)).slots[0]?.id).toBe('a,"b"')
  })
  test('columns in any order, with a decimal comma, sizes left out', () =>
    expect(slotsFromCsv('y;x;Zone;CODE;z\n1,5;2;A;A-1;3\n').slots).toEqual([
      { id: 'A-1', zone: 'A', x: 2, y: 1.5, width: 1, depth: 1, level: 3 },
    ]))
  test.each<[string, string, object[]]>([
    ['no column of zones', 'slot,x,y\nA,1,2', [{ line: 1, column: 'zone', flaw: 'no-column' }]],
    ['a quote that stays open', 'slot,zone,x,y\n"A,B,1,2', [{ line: 2, column: '', flaw: 'quote' }]],
    ['a word for a number', 'slot,zone,x,y\nA,B,left,2', [{ line: 2, column: 'x', flaw: 'not-a-number' }]],
    ['a row cut short', 'slot,zone,x,y\nA,B,1', [{ line: 2, column: 'y', flaw: 'not-a-number' }]],
    ['no code', 'slot,zone,x,y\n,B,1,2', [{ line: 2, column: 'slot', flaw: 'no-value' }]],
    ['a code twice', 'slot,zone,x,y\nA,B,1,2\n\nA,B,3,4', [{ line: 4, column: 'slot', flaw: 'twice' }]],
  ])('%s is told by its line, and the row is left out', (_name, text, findings) => {
    const file = slotsFromCsv(text)
    expect(file.findings).toEqual(findings)
    expect(file.bad).toBe(1)
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { zoneOffset } from '../../../cloud/epcis/zone-offset.ts'
import { type GoodsHouse, openGoodsHouse } from '../../support/goods-house.ts'
import {
  epcA,
  epcB,
  fromCloud,
  fromGateway,
  observation,
  palletA,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const minute = 60_000
const iso = (ms: number) => new Date(t0 + ms).toISOString()
type Event = Record<string, unknown> & { type: string; eventID: string }

let house: GoodsHouse
beforeEach(async () => {
  house = await openGoodsHouse()
  await house.append(published(rotterdam()), tick(t0))
})
afterEach(() => house.close())

const put = (ms: number, slot: string, ...codes: string[]) =>
  fromGateway([{ kind: 'scan', at: t0 + ms, slot, codes, action: 'put' }])
const pick = (ms: number, ...codes: string[]) => fromGateway([{ kind: 'scan', at: t0 + ms, codes, action: 'pick' }])
const through = (ms: number, epc: string, direction: 'in' | 'out') =>
  fromGateway([{ kind: 'passage', at: t0 + ms, readPoint: 'door.1', epc, direction, confidence: 0.9, count: 5 }])
const packed = (ms: number, act: 'add' | 'delete', ...children: string[]) =>
  fromCloud([{ kind: 'aggregation', at: t0 + ms, by: 'kim', act, parent: palletA, children }])
const document = (query = '') => house.get<Record<string, unknown>>(`/sites/rtm/epcis/events${query}`)
async function events(query = ''): Promise<Event[]> {
  const { epcisBody } = (await document(query)) as never as {
    epcisBody: { queryResults: { resultsBody: { eventList: Event[] } } }
  }
  return epcisBody.queryResults.resultsBody.eventList
}

const uri = /^(?:https:\/\/id\.gs1\.org\/|urn:epc:)\S+$/
/** What the JSON schema of the standard requires of an event, and the words of CBV 2.0 that may stand in it. */
const rules: Readonly<Record<string, { required: boolean; is: (value: never) => boolean }>> = {
  type: { required: true, is: (value: string) => ['ObjectEvent', 'AggregationEvent'].includes(value) },
  eventTime: { required: true, is: (value: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) },
  eventTimeZoneOffset: { required: true, is: (value: string) => /^([+]|[-])((0\d|1[0-3]):[0-5]\d|14:00)$/.test(value) },
  recordTime: { required: false, is: (value: string) => !Number.isNaN(Date.parse(value)) },
  eventID: {
    required: false,
    is: (value: string) => /^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(value),
  },
  action: { required: true, is: (value: string) => ['OBSERVE', 'ADD', 'DELETE'].includes(value) },
  bizStep: {
    required: false,
    is: (value: string) =>
      ['departing', 'other', 'packing', 'picking', 'receiving', 'storing', 'unpacking'].includes(value),
  },
  disposition: { required: false, is: (value: string) => ['in_progress', 'in_transit', 'unknown'].includes(value) },
  readPoint: { required: false, is: ({ id }: { id: string }) => id.startsWith('urn:') },
  bizLocation: { required: false, is: ({ id }: { id: string }) => id.startsWith('urn:') },
  errorDeclaration: {
    required: false,
    is: ({ declarationTime }: { declarationTime: string }) => !Number.isNaN(Date.parse(declarationTime)),
  },
}
const ofType: Readonly<Record<string, Record<string, (value: never) => boolean>>> = {
  ObjectEvent: {
    epcList: (epcs: string[]) =>
      epcs.length > 0 && new Set(epcs).size === epcs.length && epcs.every((one) => uri.test(one)),
  },
  AggregationEvent: {
    parentID: (parent: string) => uri.test(parent),
    childEPCs: (epcs: string[]) => epcs.length > 0 && epcs.every((one) => uri.test(one)),
  },
}
function flawsOf(event: Event): string[] {
  const own = ofType[event.type] ?? {}
  return [
    ...Object.entries(rules).flatMap(([field, { required, is }]) =>
      field in event
        ? is(event[field] as never)
          ? []
          : [`${field} is wrong`]
        : required
          ? [`${field} is missing`]
          : [],
    ),
    ...Object.entries(own).flatMap(([field, is]) =>
      field in event && is(event[field] as never) ? [] : [`${field} is wrong`],
    ),
    ...Object.keys(event)
      .filter((field) => !(field in rules) && !(field in own))
      .map((field) => `${field} is unknown`),
  ]
}
const short = ({ type, action, bizStep, disposition, bizLocation, readPoint }: Event) => [
  type,
  action,
  bizStep,
  disposition,
  (bizLocation as { id: string } | undefined)?.id.replace('urn:warepulse:location:', ''),
  (readPoint as { id: string } | undefined)?.id.replace('urn:warepulse:read-point:', ''),
]

describe('what is told of one day', () => {
  test('each movement and each packing is one event with what the standard requires', async () => {
    await house.append(
      through(0, epcA, 'in'),
      put(5 * minute, 'A-1', epcA, palletA),
      packed(6 * minute, 'add', epcA, epcB),
      put(7 * minute, 'C-2', palletA),
      packed(8 * minute, 'delete', epcA),
      pick(9 * minute, epcA),
      through(10 * minute, epcA, 'out'),
      tick(t0 + 10 * minute),
    )
    const told = await events()
    expect(told.flatMap(flawsOf)).toEqual([])
    expect(told.map(short)).toEqual([
      ['ObjectEvent', 'OBSERVE', 'receiving', 'in_progress', 'rtm:DOCK', 'rtm:door.1'],
      ['ObjectEvent', 'OBSERVE', 'storing', 'in_progress', 'rtm:A:A-1', 'rtm:gw1'],
      ['ObjectEvent', 'OBSERVE', 'storing', 'in_progress', 'rtm:A:A-1', 'rtm:gw1'],
      ['AggregationEvent', 'ADD', 'packing', 'in_progress', 'rtm', undefined],
      ['ObjectEvent', 'OBSERVE', 'storing', 'in_progress', 'rtm:COLD:C-2', 'rtm:gw1'],
      ['AggregationEvent', 'DELETE', 'unpacking', 'in_progress', 'rtm', undefined],
      ['ObjectEvent', 'OBSERVE', 'picking', 'in_progress', 'rtm', 'rtm:gw1'],
      ['ObjectEvent', 'OBSERVE', 'departing', 'in_transit', undefined, 'rtm:door.1'],
    ])
    expect(told[3]).toMatchObject({
      parentID: 'https://id.gs1.org/00/340123450000000017',
      eventTime: iso(6 * minute),
      eventTimeZoneOffset: '+01:00',
    })
    expect(await document()).toMatchObject({
      '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
      ...{ type: 'EPCISQueryDocument', schemaVersion: '2.0' },
    })
  })

  test('in pages, by EPC and by time', async () => {
    await house.append(put(0, 'A-1', epcA, epcB), packed(minute, 'add', epcB), put(2 * minute, 'C-2', epcA))
    const all = await events()
    expect(all).toHaveLength(4)
    expect(new Set(all.map(({ eventID }) => eventID)).size).toBe(4)
    expect((await events(`?epc=${epcA}`)).map(({ eventTime }) => eventTime)).toEqual([iso(0), iso(2 * minute)])
    expect((await events(`?epc=${epcB}`)).map(({ type }) => type)).toEqual(['ObjectEvent', 'AggregationEvent'])
    expect((await events(`?epc=${palletA}`)).map(({ type }) => type)).toEqual(['AggregationEvent'])
    expect(await events(`?from=${iso(minute)}&to=${iso(2 * minute)}`)).toEqual([all[2]])
    const paged: Event[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const answer = await house.getRaw(`/sites/rtm/epcis/events?limit=1${cursor && `&cursor=${cursor}`}`)
      paged.push(...answer.json().epcisBody.queryResults.resultsBody.eventList)
      cursor = /cursor=([\d.]+)/.exec(String(answer.headers['link'] ?? ''))?.[1] ?? null
    }
    expect(paged).toEqual(all)
  })

  test('what late evidence takes back is declared as an error, under the same eventID', async () => {
    const read = (ms: number) => fromGateway([observation(t0 + ms, 'shelf.1', epcA, 1)])
    await house.append(read(9 * minute), read(12 * minute))
    const [before] = await events()
    await house.append(read(5 * minute), tick(t0 + 12 * minute))
    const [told, wrong, right, ...others] = await events()
    expect(told).toEqual(before)
    expect(others).toEqual([])
    expect([told, wrong, right].flatMap((event) => (event === undefined ? ['missing'] : flawsOf(event)))).toEqual([])
    expect(wrong).toMatchObject({
      ...{ eventID: before?.eventID, eventTime: iso(12 * minute) },
      errorDeclaration: { reason: 'incorrect_data', correctiveEventIDs: [right?.eventID] },
    })
    expect(right).toMatchObject({ eventTime: iso(9 * minute), bizStep: 'storing' })
    expect(right).not.toHaveProperty('errorDeclaration')
  })

  test('what stands, and only came from elsewhere than was believed, is told once', async () => {
    await house.append(put(0, 'A-1', epcA), put(10 * minute, 'C-2', epcA))
    const before = await events()
    await house.append(put(5 * minute, 'C-1', epcA), tick(t0 + 10 * minute))
    const after = await events()
    expect(after.slice(0, 2)).toEqual(before)
    expect(after.slice(2).map(({ eventTime }) => eventTime)).toEqual([iso(5 * minute)])
  })
})

test.each([
  ['Europe/Amsterdam', Date.UTC(2026, 0, 1), '+01:00'],
  ['Europe/Amsterdam', Date.UTC(2026, 6, 1), '+02:00'],
  ['Asia/Shanghai', Date.UTC(2026, 6, 1), '+08:00'],
  ['America/St_Johns', Date.UTC(2026, 0, 1), '-03:30'],
  ['UTC', 0, '+00:00'],
])('the offset of %s', (zone, at, offset) => {
  expect(zoneOffset(at, zone)).toBe(offset)
})

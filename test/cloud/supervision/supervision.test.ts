import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { Fact } from '../../../cloud/push/fact.ts'
import { openSupervision, type Supervision } from '../../../cloud/supervision/open.ts'
import {
  fromCloud,
  fromGateway,
  measurement,
  never,
  numbered,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const folder = mkdtempSync(join(tmpdir(), 'supervision-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const page = { limit: 100 }

async function supervisionOf(
  entries: readonly JournalEntry[],
  path = ':memory:',
): Promise<Supervision & { readonly told: Fact[] }> {
  const told: Fact[] = []
  const supervision = await openSupervision({ path, tell: (facts) => told.push(...facts) })
  await supervision.apply(numbered(entries), never)
  return Object.assign(supervision, { told })
}

const hello = { version: '0.1.0', first: 10, next: 35, config: 1, clockSynced: true, waiting: 25 }
const link = (at: number, state: 'online' | 'offline', withHello = false): JournalEntry =>
  fromCloud([{ kind: 'link', at, gateway: 'gw1', state, ...(withHello ? { hello } : {}) }])
const spool = (at: number, waitingBytes: number): JournalEntry =>
  fromGateway([{ kind: 'device', at, device: 'gw1', state: 'up', spool: { waitingBytes, boundBytes: 1000 } }])
const device = (at: number, state: 'up' | 'silent' | 'down', reason?: string): JournalEntry =>
  fromGateway([{ kind: 'device', at, device: 'shelf', state, ...(reason === undefined ? {} : { reason }) }])

describe('gateways', () => {
  const empty = { site: 'rtm', gateway: 'gw1', version: null, backlog: 0, clockSynced: null, devices: [] }
  const at = (seconds: number) => new Date(t0 + seconds * 1000).toISOString()
  for (const [name, entries, expected] of [
    ['on the map, never heard', [published(rotterdam())], { ...empty, link: 'never', lastHeardAt: null, since: null }],
    [
      'online with a hello',
      [link(t0, 'online', true)],
      { ...empty, link: 'online', lastHeardAt: at(0), since: at(0), version: '0.1.0', backlog: 25, clockSynced: true },
    ],
    [
      'its backlog runs down as it comes',
      [link(t0, 'online', true), fromGateway([measurement(t0, {}), measurement(t0, {})])],
      { backlog: 23 },
    ],
    ['gone', [link(t0, 'online'), link(t0 + 1000, 'offline')], { link: 'offline', lastHeardAt: at(0), since: at(1) }],
    [
      'the cloud was killed and came back; the gateway did not',
      [link(t0, 'online'), fromCloud([{ kind: 'started', at: t0 + 9000 }], undefined)],
      { link: 'offline', lastHeardAt: at(0), since: at(9) },
    ],
    [
      'nor is one that was gone before gone since the start',
      [link(t0, 'online'), link(t0 + 1000, 'offline'), fromCloud([{ kind: 'started', at: t0 + 9000 }], undefined)],
      { link: 'offline', since: at(1) },
    ],
    ['since the first time', [link(t0, 'online'), link(t0 + 1000, 'online')], { link: 'online', since: at(0) }],
    [
      'gone, and the clock had stepped back between',
      [link(t0 + 5000, 'online'), link(t0 + 2000, 'offline')],
      { link: 'offline', since: at(2) },
    ],
    [
      'called offline, and its records arrive',
      [link(t0, 'offline'), fromGateway([measurement(t0 + 1000, {})])],
      { link: 'online', lastHeardAt: at(1) },
    ],
    [
      'a device by newest event time',
      [device(t0 + 1000, 'down', 'no power'), device(t0, 'up')],
      { devices: [{ device: 'shelf', state: 'down', since: at(1), reason: 'no power' }] },
    ],
    [
      'a device that says the same again',
      [device(t0, 'silent'), device(t0 + 1000, 'silent')],
      { devices: [{ device: 'shelf', state: 'silent', since: at(0), reason: null }] },
    ],
    [
      'a spool that fills: when it will be full',
      [spool(t0, 100), spool(t0 + 60_000, 300)],
      { spool: { at: at(60), waitingBytes: 300, boundBytes: 1000, fullAt: at(60 + 210) } },
    ],
    [
      'one that empties, the older word behind',
      [spool(t0 + 60_000, 300), spool(t0, 100), spool(t0 + 120_000, 200)],
      { spool: { at: at(120), waitingBytes: 200, boundBytes: 1000, fullAt: null } },
    ],
    [
      'frozen',
      [fromCloud([{ kind: 'fork', at: t0, gateway: 'gw1', epoch: 'e', state: 'forked', reason: 'two of them' }])],
      { forked: { since: at(0), reason: 'two of them' } },
    ],
    [
      'a clock that was found wrong',
      [fromGateway([{ kind: 'clock', at: t0, boot: 'b', offsetMs: 5, synced: false }])],
      { clockSynced: false },
    ],
  ] as const) {
    test(name, async () => {
      const supervision = await supervisionOf(entries)
      expect(supervision.gateways()).toHaveLength(1)
      expect(supervision.gateways()[0]).toMatchObject(expected)
      expect(supervision.told.findLast((fact) => fact.type === 'gateway')).toMatchObject({ state: expected })
    })
  }
})

describe('what goes to the boards', () => {
  const gatewayFacts = (told: readonly Fact[]) => told.filter((fact) => fact.type === 'gateway').length

  test('batches that only say that it is there make one fact in five seconds', async () => {
    const supervision = await supervisionOf([device(t0, 'up')])
    for (let second = 1; second <= 20; second++) {
      const batch = fromGateway([measurement(t0 + second * 1000, {})])
      await supervision.apply([{ ...batch, offset: supervision.offset + 1 }], never)
    }
    expect(gatewayFacts(supervision.told)).toBe(1 + 4)
    expect(supervision.gateways()[0]?.lastHeardAt).toBe(new Date(t0 + 20_000).toISOString())
  })

  test('a device that says nothing new makes none', async () => {
    const supervision = await supervisionOf([device(t0 + 1000, 'up')])
    await supervision.apply([{ ...device(t0, 'down'), offset: supervision.offset + 1 }], never)
    expect(gatewayFacts(supervision.told)).toBe(1)
  })

  test('a gateway that makes up devices is shown a thousand, and how many words were left out', async () => {
    const made = Array.from({ length: 1003 }, (_, index) => {
      return { kind: 'device', at: t0, device: `d${index}`, state: 'up' } as const
    })
    const known = { kind: 'device', at: t0 + 1, device: 'd5', state: 'down' } as const
    const [gateway] = (await supervisionOf([fromGateway([...made, known])])).gateways()
    expect(gateway?.devices).toHaveLength(1000)
    expect(gateway?.devicesLeftOut).toBe(3)
    expect(gateway?.devices.find(({ device: name }) => name === 'd5')?.state).toBe('down')
  })
})

describe('sensors', () => {
  for (const [name, entries, expected] of [
    ['within limits', [measurement(t0, { temperature: 5 })], { at: t0, values: { temperature: 5 }, outside: [] }],
    ['too warm', [measurement(t0, { temperature: 8.1 })], { outside: ['temperature'] }],
    ['too cold', [measurement(t0, { temperature: 1.9 })], { outside: ['temperature'] }],
    ['at the limit', [measurement(t0, { temperature: 8 })], { outside: [] }],
    ['no value', [measurement(t0, { temperature: null })], { values: { temperature: null }, outside: [] }],
    [
      'late values change nothing',
      [measurement(t0 + 1, { temperature: 5 }), measurement(t0, { temperature: 9 })],
      { at: t0 + 1, values: { temperature: 5 } },
    ],
    [
      'quantities in messages of their own',
      [measurement(t0 + 1, { temperature: 5 }), measurement(t0, { humidity: 60 })],
      { at: t0 + 1, values: { temperature: 5, humidity: 60 } },
    ],
    ['a stamp from the future', [measurement(t0 + 86_400_000, { temperature: 5 })], { at: t0 }],
  ] as const) {
    test(name, async () => {
      const entry = fromGateway([...entries, null, { kind: 'hologram' }], { recordedAt: t0 })
      const supervision = await supervisionOf([published(rotterdam()), entry])
      expect(supervision.standing().find((fact) => fact.type === 'sensor')).toMatchObject({
        site: 'rtm',
        now: { sensor: 'probe', ...expected },
      })
    })
  }

  test('any order of arrival ends in the same values', async () => {
    const anyEntries = fc.array(
      fc
        .tuple(
          fc.integer({ min: 0, max: 5 }),
          fc.constantFrom('temperature', 'humidity'),
          fc.integer({ min: 0, max: 3 }),
        )
        .map(([at, quantity, value]) =>
          fromGateway([measurement(t0 + at, { [quantity]: value })], { recordedAt: t0 + 9 }),
        ),
      { minLength: 1, maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(
        anyEntries.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        async ([inOrder, shuffled]) => {
          const [one, other] = [await supervisionOf(inOrder), await supervisionOf(shuffled)]
          expect(other.standing()).toEqual(one.standing())
        },
      ),
      { numRuns: 50 },
    )
  })

  test('of two maps with one version the first stays, and an older one changes nothing', async () => {
    const sensors = rotterdam().sensors.map((sensor) => ({ ...sensor, limits: { temperature: { high: 4 } } }))
    const supervision = await supervisionOf([
      published(rotterdam({ version: 2 })),
      published(rotterdam({ version: 2, sensors })),
      published(rotterdam({ version: 1, sensors })),
      fromGateway([measurement(t0, { temperature: 5 })]),
    ])
    expect(supervision.standing()).toContainEqual(
      expect.objectContaining({ type: 'sensor', now: expect.objectContaining({ outside: [] }) }),
    )
  })

  test('new limits may put a value outside', async () => {
    const sensors = rotterdam().sensors.map((sensor) => ({ ...sensor, limits: { temperature: { high: 4 } } }))
    const supervision = await supervisionOf([
      published(rotterdam()),
      fromGateway([measurement(t0, { temperature: 5 })]),
      published(rotterdam({ version: 2, sensors })),
    ])
    expect(supervision.told.findLast((fact) => fact.type === 'sensor')).toMatchObject({
      now: { outside: ['temperature'] },
    })
  })
})

describe('a clock that was a year ahead for a second', () => {
  const year = 365 * 86_400_000
  const ahead = [
    tick(t0 + year),
    fromGateway(
      [
        { ...measurement(1000, { temperature: 9 }), unsynced: true, boot: 'b' },
        { kind: 'device', at: t0 + year, device: 'shelf', state: 'down' },
      ],
      { recordedAt: t0 + year },
    ),
    tick(t0 + 1000),
  ]
  const believed = 5 * 60_000

  test('does not keep out what is true after it', async () => {
    const now = t0 + 1000 + believed
    const supervision = await supervisionOf([
      ...ahead,
      fromGateway([
        measurement(now + 1, { temperature: 5 }),
        { kind: 'device', at: now + 1, device: 'shelf', state: 'up' },
      ]),
    ])
    expect(supervision.standing()).toMatchObject([
      { type: 'gateway', state: { devices: [{ device: 'shelf', state: 'up' }] } },
      { type: 'sensor', now: { at: now + 1, values: { temperature: 5 } } },
      { type: 'flow', newestAt: now + 1 },
    ])
  })

  test('leaves no stamp in the future', async () => {
    const supervision = await supervisionOf(ahead)
    expect(supervision.gateways()).toMatchObject([
      { lastHeardAt: new Date(t0 + 1000).toISOString(), since: new Date(t0 + 1000).toISOString() },
    ])
  })
})

describe('gaps and flow', () => {
  for (const [name, change, expected] of [
    ['as declared', { fromAt: t0 - 5000, toAt: t0 }, [-5000, 0]],
    ['not in the future', { fromAt: t0, toAt: t0 + 86_400_000 }, [0, 0]],
    ['by a clock in 1970: when it was recorded', { fromAt: 5, toAt: 6, unsynced: true, boot: 'b' }, [0, 0]],
  ] as const) {
    test(`a gap is shown ${name}`, async () => {
      const gap = { kind: 'gap', count: 12, reason: 'spool-full', class: 'observation', ...change } as const
      const supervision = await supervisionOf([fromGateway([gap], { recordedAt: t0 })])
      const [shown] = supervision.gaps('rtm', page).items
      expect([shown?.from, shown?.to].map((iso) => Date.parse(iso ?? '') - t0)).toEqual(expected)
    })
  }

  const story = [
    fromGateway([{ kind: 'gap', fromAt: t0, toAt: t0 + 5000, count: 12, reason: 'spool-full', class: 'observation' }]),
    fromCloud([
      {
        kind: 'quarantine',
        at: t0 + 6000,
        gateway: 'gw1',
        epoch: 'e',
        first: 7,
        last: 9,
        reason: 'schema',
        sample: '{}',
      },
    ]),
  ]

  test('what is missing is listed, newest first, page by page', async () => {
    const supervision = await supervisionOf(story)
    expect(supervision.gaps('rtm', page).items).toMatchObject([
      { gateway: 'gw1', count: 3, reason: 'schema', class: 'quarantine' },
      { gateway: 'gw1', count: 12, reason: 'spool-full', class: 'observation', from: '2026-11-23T08:00:00.000Z' },
    ])
    const first = supervision.gaps('rtm', { limit: 1 })
    expect(supervision.gaps('rtm', { limit: 1, cursor: first.next ?? '' })).toMatchObject({
      items: [{ count: 12 }],
      next: null,
    })
    expect(supervision.gaps('ham', page).items).toEqual([])
  })

  test('flow tells the newest event time and when it was recorded; late data does not turn it back', async () => {
    const supervision = await supervisionOf([
      fromGateway([measurement(t0, {})], { recordedAt: t0 + 40 }),
      fromGateway([measurement(t0 - 9000, {})], { recordedAt: t0 + 80 }),
    ])
    const flows = supervision.told.filter((fact) => fact.type === 'flow')
    expect(flows).toEqual([{ type: 'flow', site: 'rtm', newestAt: t0, recordedAt: t0 + 40 }])
  })

  test('entry by entry with restarts between: the same state', async () => {
    const all = [published(rotterdam()), link(t0, 'online', true), device(t0, 'down'), ...story]
    const whole = await supervisionOf(all)
    const path = join(folder, 's.db')
    for (const entry of numbered(all)) {
      const part = await openSupervision({ path, tell: () => undefined })
      await part.apply([entry], never)
      await part.apply([entry], never)
      await part.close()
    }
    const reopened = await openSupervision({ path, tell: () => undefined })
    expect(reopened.standing()).toEqual(whole.standing())
    expect(reopened.gateways()).toEqual(whole.gateways())
    expect(reopened.gaps('rtm', page)).toEqual(whole.gaps('rtm', page))
    await reopened.close()
    await reopened.close()
  })
})

test('of a backlog is told that it has come; live records beside it do not count', async () => {
  const supervision = await supervisionOf([link(t0, 'online', true)])
  const backlog = () => supervision.gateways()[0]?.backlog
  const come = async (offset: number, first: number, count: number) => {
    const records = Array.from({ length: count }, () => measurement(t0, {}))
    await supervision.apply([{ ...fromGateway(records, { first }), offset }], never)
  }
  await come(2, 33, 12) // 33 and 34 had waited, the others are live
  expect(backlog()).toBe(23)
  await come(3, 100, 7)
  expect(backlog()).toBe(23)
  await come(4, 10, 23)
  expect(backlog()).toBe(0)
  expect(supervision.told.findLast((fact) => fact.type === 'gateway')).toMatchObject({ state: { backlog: 0 } })
})

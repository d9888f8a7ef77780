import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { type Alerts, openAlerts } from '../../../cloud/alerts/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { AlertAct } from '../../../cloud/journal/own-record.ts'
import type { Alert } from '../../../shared/api.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import { Rule } from '../../../shared/rule.ts'
import type { SilentRule } from '../../../shared/rules/of-devices.ts'
import type { ThresholdRule } from '../../../shared/rules/of-values.ts'
import type { SensorPlace } from '../../../shared/site-map.ts'
import {
  fromCloud,
  fromGateway,
  measurement,
  never,
  numbered,
  observation,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const folder = mkdtempSync(join(tmpdir(), 'alerts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const page = { limit: 100 }
const minute = 60_000

const common = { site: 'rtm', severity: 2, whatToDo: 'Close the door.', enabled: true }
const warm: ThresholdRule = {
  ...common,
  id: 'warm',
  name: 'Cold room too warm',
  type: 'threshold',
  quantity: 'temperature',
  direction: 'above',
  limit: 8,
  clearAt: 7,
  onDelayMs: 0,
}
const quiet = (of: SilentRule['of']): SilentRule => ({
  ...common,
  id: `quiet-${of}`,
  name: `Silent ${of}`,
  type: 'silent',
  of,
  afterMs: 2 * minute,
})
const put = (rule: Rule, at = t0) => fromCloud([{ kind: 'rule', at, by: 'kim', rule }])
const map = published(rotterdam(), t0)
const [hung] = rotterdam().sensors as [SensorPlace]
const link = (at: number, state: 'online' | 'offline') => fromCloud([{ kind: 'link', at, gateway: 'gw1', state }])
const probe = (at: number, temperature: number | null) => fromGateway([measurement(at, { temperature })])
const device = (at: number, name: string, state: 'up' | 'silent' | 'down'): JournalEntry =>
  fromGateway([{ kind: 'device', at, device: name, state }])

async function alertsOf(
  entries: readonly JournalEntry[],
  path = ':memory:',
): Promise<Alerts & { readonly told: Alert[] }> {
  const told: Alert[] = []
  const tell = (facts: readonly { readonly type: string; readonly alert?: Alert }[]) => {
    for (const { alert } of facts) if (alert !== undefined) told.push(alert)
  }
  const alerts = await openAlerts({ path, tell })
  await alerts.apply(numbered(entries), never)
  return Object.assign(alerts, { told })
}

function act(alerts: Alerts, what: z.infer<typeof AlertAct>['act'], at: number): Promise<void> {
  const alert = alerts.alerts('rtm', {}, page).items[0]?.id ?? ''
  const entry = fromCloud([{ kind: 'alert-act', at, by: 'kim', alert, act: what }])
  return alerts.apply([{ ...entry, offset: alerts.offset + 1 }], never)
}

function summary(alerts: Alerts): readonly string[] {
  return alerts
    .alerts('rtm', {}, page)
    .items.map(
      ({ rule, subject, state, raisedAt }) => `${rule} ${subject} ${state} @${(Date.parse(raisedAt) - t0) / 1000}`,
    )
}

describe('what rings', () => {
  const lossy = Rule.parse({ ...common, id: 'lossy', name: 'Records lost', type: 'gap', atLeast: 5 })
  const skewed = Rule.parse({ ...common, id: 'skewed', name: 'Clock wrong', type: 'clock' })
  const odd = Rule.parse({
    ...{ ...common, id: 'odd', name: 'Disagrees', type: 'deviation', quantity: 'temperature' },
    ...{ zone: 'COLD', limit: 2 },
  })
  const [sensor] = rotterdam().sensors
  const sensors = ['s1', 's2', 's3'].flatMap((id) => (sensor === undefined ? [] : [{ ...sensor, id }]))
  const three = published(rotterdam({ sensors }), t0)
  let readings = 0
  const reads = (id: string, temperature: number) => fromGateway([measurement(t0 + readings++, { temperature }, id)])
  const gap = (at: number, count: number) => {
    const lost = { kind: 'gap' as const, at, fromAt: at, toAt: at, count, reason: 'full', class: 'observation' }
    return fromGateway([lost], { recordedAt: at })
  }
  const clock = (at: number, offsetMs: number, more = {}) =>
    fromGateway([{ kind: 'clock', at, boot: 'b', offsetMs, synced: true, ...more }], { recordedAt: at })
  const filling = Rule.parse({ ...common, id: 'filling', name: 'Spool fills', type: 'spool', onDelayMs: minute })
  const spool = (at: number, percent: number, device = 'gw1') => {
    const said = { waitingBytes: percent * 10, boundBytes: 1000 }
    return fromGateway([{ kind: 'device', at, device, state: 'up', spool: said }], { recordedAt: Math.max(at, t0 + 1) })
  }
  /** A tick a minute, so that nobody takes it for a step of the clock. */
  const hourAfter = (minutes: number) => Array.from({ length: 61 }, (_, n) => tick(t0 + (minutes + n) * minute))
  const delayed = { ...warm, onDelayMs: minute }
  for (const [name, entries, expected] of [
    ['a value beyond its limit', [put(warm), map, probe(t0, 9)], ['warm probe active @0']],
    [
      'and back: cleared, and nobody has seen it',
      [put(warm), map, probe(t0, 9), probe(t0 + 1, 6)],
      ['warm probe cleared @0'],
    ],
    [
      'back again before anybody saw: the same alert',
      [put(warm), probe(t0, 9), probe(t0 + 1, 6), probe(t0 + 2, 9)],
      ['warm probe active @0'],
    ],
    ['a spool that is half full', [put(filling), spool(t0, 50), spool(t0 + 2 * minute, 50)], []],
    ['more than half', [put(filling), spool(t0, 51), spool(t0 + minute, 51)], ['filling gw1 active @60']],
    ['the delay of a spool, by ticks', [put(filling), spool(t0, 51), tick(t0 + minute)], ['filling gw1 active @60']],
    ['a spool that was full for half a minute', [put(filling), spool(t0, 51), spool(t0 + minute / 2, 20)], []],
    [
      'a spool that empties is well at its clear level',
      [put(filling), spool(t0, 99), spool(t0 + minute, 30), spool(t0 + 2 * minute, 25), spool(t0 + 3 * minute, 40)],
      ['filling gw1 cleared @60'],
    ],
    ['what was told of a spool before says nothing now', [put(filling), spool(t0 + minute, 9), spool(t0, 90)], []],
    ['of another device nothing fills', [put(filling), spool(t0, 99, 'shelf'), tick(t0 + minute)], []],
    ['no value is no evidence', [put(warm), probe(t0, null)], []],
    ['a disabled rule', [put({ ...warm, enabled: false }), probe(t0, 9)], []],
    ['a rule of another zone', [put({ ...warm, zone: 'A' }), map, probe(t0, 9)], []],
    [
      'of two maps with one version the first stays',
      [
        ...[put({ ...warm, zone: 'COLD' }), map, published(rotterdam({ sensors: [] }), t0)],
        ...[published(rotterdam({ version: 2 }), t0), published(rotterdam({ sensors: [] }), t0), probe(t0, 9)],
      ],
      ['warm probe active @0'],
    ],
    ['a rule of its zone', [put({ ...warm, zone: 'COLD' }), map, probe(t0, 9)], ['warm probe active @0']],
    ['a rule of another sensor', [put({ ...warm, sensors: ['other'] }), probe(t0, 9)], []],
    ['a rule of another site', [put({ ...warm, site: 'ham' }), probe(t0, 9)], []],
    ['late values never ring', [put(warm), probe(t0 + 2, 5), probe(t0, 9)], []],
    ['nor do they end what rings', [put(warm), probe(t0 + 2, 9), probe(t0, 5)], ['warm probe active @0.002']],
    ['the delay by measurement times', [put(delayed), probe(t0, 9), probe(t0 + minute, 9)], ['warm probe active @60']],
    ['the delay by ticks', [put(delayed), probe(t0, 9), tick(t0 + 2 * minute)], ['warm probe active @60']],
    ['not before', [put(delayed), probe(t0, 9), tick(t0 + minute - 1)], []],
    [
      'a removed rule clears',
      [put(warm), probe(t0, 9), fromCloud([{ kind: 'rule-removed', at: t0, by: 'kim', rule: 'warm' }])],
      ['warm probe cleared @0'],
    ],
    [
      'a gateway that is away',
      [put(quiet('gateway')), map, link(t0, 'offline'), tick(t0 + 2 * minute)],
      ['quiet-gateway gw1 active @120'],
    ],
    [
      'the cloud was killed and came back; the gateway did not',
      [
        ...[put(quiet('gateway')), map, link(t0, 'online'), fromCloud([{ kind: 'started', at: t0 }], undefined)],
        tick(t0 + 2 * minute),
      ],
      ['quiet-gateway gw1 active @120'],
    ],
    ['a gateway away for a moment', [put(quiet('gateway')), map, link(t0, 'offline'), tick(t0 + minute)], []],
    [
      'a gateway that never came',
      [put(quiet('gateway')), map, tick(t0 + 2 * minute)],
      ['quiet-gateway gw1 active @120'],
    ],
    [
      'a gateway with a link and nothing to tell',
      [put(quiet('gateway')), map, link(t0, 'online'), tick(t0 + 60 * minute)],
      [],
    ],
    [
      'a gateway that is back',
      [
        put(quiet('gateway')),
        map,
        link(t0, 'offline'),
        tick(t0 + 2 * minute),
        link(t0 + 3 * minute, 'online'),
        tick(t0 + 3 * minute),
      ],
      ['quiet-gateway gw1 cleared @120'],
    ],
    [
      'a reader that says it is down: at once',
      [put(quiet('reader')), map, device(t0 + 1000, 'cold', 'down'), tick(t0 + 1000)],
      ['quiet-reader cold active @1'],
    ],
    [
      'a reader that is called silent: after the time',
      [put(quiet('reader')), map, device(t0, 'cold', 'silent'), tick(t0 + 2 * minute)],
      ['quiet-reader cold active @120'],
    ],
    [
      'an antenna that reads far less than it did',
      [put(quiet('antenna')), map, device(t0, 'cold.1', 'silent'), tick(t0 + 2 * minute)],
      ['quiet-antenna cold.1 active @120'],
    ],
    [
      'and again as it did',
      [
        ...[put(quiet('antenna')), map, device(t0, 'cold.1', 'silent'), tick(t0 + 2 * minute)],
        ...[device(t0 + 3 * minute, 'cold.1', 'up'), tick(t0 + 3 * minute)],
      ],
      ['quiet-antenna cold.1 cleared @120'],
    ],
    [
      'its reader is down: that is one alert, and not of the antenna',
      [
        ...[put(quiet('antenna')), put(quiet('reader')), map, device(t0, 'cold.1', 'silent')],
        ...[device(t0 + 1000, 'cold', 'down'), tick(t0 + 2 * minute)],
      ],
      ['quiet-reader cold active @1'],
    ],
    [
      'an antenna of no reader on the map',
      [put(quiet('antenna')), map, device(t0, 'other.1', 'silent'), tick(t0 + 2 * minute)],
      [],
    ],
    [
      'an antenna whose reader left the map',
      [
        ...[put(quiet('antenna')), map, device(t0, 'cold.1', 'silent')],
        ...[published(rotterdam({ version: 2, readPoints: [] }), t0), tick(t0 + 2 * minute)],
      ],
      [],
    ],
    [
      'a reader with nothing in front of it',
      [put(quiet('reader')), map, fromGateway([observation(t0, 'shelf.1')]), tick(t0 + 60 * minute)],
      [],
    ],
    [
      'a sensor that fell silent',
      [put(quiet('sensor')), map, link(t0, 'online'), probe(t0 + 1000, 5), tick(t0 + 4 * minute)],
      ['quiet-sensor probe active @121'],
    ],
    [
      'its gateway is away: that is one alert, not two',
      [put(quiet('sensor')), map, probe(t0, 5), link(t0 + 1, 'offline'), tick(t0 + 60 * minute)],
      [],
    ],
    [
      'the gateway is back: the sensor gets its time again',
      [
        put(quiet('sensor')),
        map,
        probe(t0, 5),
        link(t0 + 1, 'offline'),
        link(t0 + 60 * minute, 'online'),
        tick(t0 + 61 * minute),
      ],
      [],
    ],
    ['a gateway gave records up', [put(lossy), map, gap(t0, 5)], ['lossy gw1 active @0']],
    ['fewer than asked for', [put(lossy), map, gap(t0, 4)], []],
    [
      'and none for an hour: over',
      [put(lossy), map, gap(t0, 5), tick(t0 + 59 * minute), gap(t0 + 59 * minute, 9), ...hourAfter(59)],
      ['lossy gw1 cleared @0'],
    ],
    ['a clock that is wrong', [put(skewed), map, clock(t0, 5001)], ['skewed gw1 active @0']],
    ['in the other direction', [put(skewed), map, clock(t0, -5001)], ['skewed gw1 active @0']],
    ['a little wrong is no alarm', [put(skewed), map, clock(t0, 5000)], []],
    ['set right', [put(skewed), map, clock(t0, 9000), clock(t0 + 1, 3)], ['skewed gw1 cleared @0']],
    ['an estimate of a boot that is over', [put(skewed), map, clock(t0, 9000, { estimated: true })], []],
    [
      'the off-delay: gone for long enough, also when no more values come',
      [put({ ...warm, offDelayMs: minute }), probe(t0, 9), probe(t0 + 1000, 5), tick(t0 + minute)],
      ['warm probe active @0'],
    ],
    [
      'gone for the off-delay',
      [put({ ...warm, offDelayMs: minute }), probe(t0, 9), probe(t0 + 1000, 5), tick(t0 + minute + 1000)],
      ['warm probe cleared @0'],
    ],
    [
      'a sensor that disagrees with the others of its zone',
      [put(odd), three, reads('s1', 5), reads('s2', 5.2), reads('s3', 9), reads('s1', 5), reads('s2', 5)],
      ['odd s3 active @0.002'],
    ],
  ] as const) {
    test(name, async () => expect(summary(await alertsOf(entries))).toEqual(expected))
  }

  test('the jump of a clock that gets trusted is no excursion', async () => {
    const unsynced = { ...measurement(1000, { temperature: 9 }), unsynced: true as const, boot: 'b' }
    const alerts = await alertsOf([put(delayed), fromGateway([unsynced], { recordedAt: t0 }), probe(t0 + 1000, 9)])
    expect(summary(alerts)).toEqual([])
    await alerts.apply([{ ...probe(t0 + minute, 9), offset: 10 }], never)
    expect(summary(alerts)).toEqual(['warm probe active @60'])
  })

  test("a cloud rule called `edge` does not own the gateways' alerts", async () => {
    const raised: KnownRecord = { kind: 'alert', at: t0, rule: 'gate-hold', subject: 'door', state: 'raised' }
    const alerts = await alertsOf([fromGateway([raised]), put({ ...warm, id: 'edge' })])
    expect(summary(alerts)).toEqual(['gate-hold door active @0'])
  })

  test('an alert tells all that the night shift needs', async () => {
    const alerts = await alertsOf([put(warm), map, probe(t0, 9.4)])
    expect(alerts.told).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        site: 'rtm',
        rule: 'warm',
        name: 'Cold room too warm',
        severity: 2,
        subject: 'probe',
        zone: 'COLD',
        state: 'active',
        raisedAt: '2026-11-23T08:00:00.000Z',
        clearedAt: null,
        acknowledgedAt: null,
        acknowledgedBy: null,
        value: 9.4,
        worst: { value: 9.4, at: '2026-11-23T08:00:00.000Z' },
        quantity: 'temperature',
        whatToDo: 'Close the door.',
        silence: null,
        silencedUntil: null,
        isLatching: false,
        assignedTo: null,
        rangAt: '2026-11-23T08:00:00.000Z',
        times: 1,
        escalation: 0,
      },
    ])
    expect(alerts.standing()).toEqual([{ type: 'alert', alert: alerts.told[0] }])
    expect(alerts.rules()).toEqual([warm])
  })
})

describe('a clock that steps', () => {
  const year = 365 * 86_400_000
  const delayed = { ...warm, onDelayMs: minute }
  const glitch = [tick(t0), tick(t0 + year), tick(t0 + 1000)]
  const seconds = (from: number, to: number) =>
    Array.from({ length: (to - from) / 1000 + 1 }, (_, index) => tick(t0 + from + index * 1000))
  for (const [name, entries, expected] of [
    ['a year ahead for a second is no silence', [put(quiet('gateway')), map, link(t0, 'offline'), ...glitch], []],
    ['nor an excursion that lasted', [put(delayed), probe(t0, 9), ...glitch], []],
    [
      'after it, silence is found in its time',
      [put(quiet('gateway')), map, link(t0, 'offline'), ...glitch, ...seconds(2000, 2 * minute + 1000)],
      ['quiet-gateway gw1 active @120'],
    ],
    [
      'and so is an excursion',
      [put(delayed), probe(t0, 9), ...glitch, ...seconds(2000, minute + 1000)],
      ['warm probe active @60'],
    ],
    [
      'a link that ended while the clock was ahead',
      [put(quiet('gateway')), map, tick(t0), tick(t0 + year), link(t0 + year, 'offline'), ...seconds(0, 2 * minute)],
      ['quiet-gateway gw1 active @120'],
    ],
    [
      'a sensor heard while the clock was ahead falls silent in its time (and the 5 minutes a stamp may be ahead)',
      [
        ...[put(quiet('sensor')), map, link(t0, 'online'), tick(t0), tick(t0 + year)],
        ...[fromGateway([measurement(t0 + year, { temperature: 5 })]), ...seconds(0, 7 * minute)],
      ],
      ['quiet-sensor probe active @420'],
    ],
    [
      'a gateway that goes after the clock stepped back',
      [
        ...[put(quiet('gateway')), map, tick(t0), link(t0 + 5000, 'online'), probe(t0 + 6000, 5)],
        ...[link(t0 + 2000, 'offline'), ...seconds(3000, 2 * minute + 2000)],
      ],
      ['quiet-gateway gw1 active @122'],
    ],
    [
      'what is silent stays so',
      [
        ...[put(quiet('gateway')), map, link(t0, 'offline'), ...seconds(0, 2 * minute)],
        ...[tick(t0 - 5000), tick(t0 - year), tick(t0)],
      ],
      ['quiet-gateway gw1 active @120'],
    ],
    [
      'the cloud was off for a night: what lies between is for the backlog to tell',
      [put(delayed), tick(t0), probe(t0, 9), tick(t0 + 480 * minute)],
      [],
    ],
  ] as const) {
    test(name, async () => expect(summary(await alertsOf(entries))).toEqual(expected))

    test(`${name}: the same with restarts between`, async () => {
      const path = join(folder, `${name.length}-${entries.length}.db`)
      const journal = numbered(entries)
      for (const entry of journal.slice(0, -1)) {
        if (entry.offset > 8) continue
        const part = await openAlerts({ path, tell: () => undefined })
        await part.apply(journal.slice(part.offset, entry.offset), never)
        await part.close()
      }
      const last = await openAlerts({ path, tell: () => undefined })
      await last.apply(journal.slice(last.offset), never)
      expect(summary(last)).toEqual(expected)
      await last.close()
    })
  }
})

describe('rules that run on the gateway', () => {
  const edge = (at: number, state: 'raised' | 'cleared'): KnownRecord => {
    return { kind: 'alert', at, rule: 'gate-hold', subject: 'door', state, value: 1 }
  }
  for (const [name, records, expected] of [
    ['raised', [edge(t0, 'raised')], ['gate-hold door active @0']],
    ['raised twice is one alert', [edge(t0, 'raised'), edge(t0 + 1, 'raised')], ['gate-hold door active @0']],
    ['raised and cleared', [edge(t0, 'raised'), edge(t0 + 1, 'cleared')], ['gate-hold door cleared @0']],
    ['an older word comes late', [edge(t0, 'cleared'), edge(t0 - 1, 'raised')], []],
    ['cleared and never raised', [edge(t0, 'cleared')], []],
  ] as const) {
    test(name, async () => expect(summary(await alertsOf([fromGateway([...records])]))).toEqual(expected))
  }
})

describe('what people do', () => {
  test('acknowledged, then cleared: over, with who and when', async () => {
    const alerts = await alertsOf([put(warm), probe(t0, 9)])
    await act(alerts, 'acknowledge', t0 + minute)
    expect(summary(alerts)).toEqual(['warm probe acknowledged @0'])
    await alerts.apply([{ ...probe(t0 + 2 * minute, 5), offset: 10 }], never)
    expect(alerts.alerts('rtm', { state: 'open' }, page).items).toEqual([])
    expect(alerts.alerts('rtm', { state: 'normal' }, page).items).toMatchObject([
      {
        acknowledgedBy: 'kim',
        acknowledgedAt: '2026-11-23T08:01:00.000Z',
        clearedAt: '2026-11-23T08:02:00.000Z',
      },
    ])
    expect(alerts.standing()).toEqual([])
  })

  test('ended by hand, it rings again only after it has cleared', async () => {
    const alerts = await alertsOf([put(warm), probe(t0, 9)])
    await act(alerts, 'clear', t0 + 1000)
    await alerts.apply([{ ...probe(t0 + 2000, 9), offset: 10, first: 10 }], never)
    expect(summary(alerts)).toEqual(['warm probe normal @0'])
    await alerts.apply(
      [
        { ...probe(t0 + 3000, 5), offset: 11, first: 11 },
        { ...probe(t0 + 4000, 9), offset: 12, first: 12 },
      ],
      never,
    )
    expect(summary(alerts)).toEqual(['warm probe active @4', 'warm probe normal @0'])
  })

  /** Entries one after the other, with a tick every second between. */
  const day = (...steps: readonly (readonly [seconds: number, ...entries: readonly JournalEntry[]])[]) => {
    const last = steps.at(-1)?.[0] ?? 0
    return Array.from({ length: last + 1 }, (_, second) => [
      ...steps.filter(([at]) => at === second).flatMap(([, ...entries]) => entries),
      tick(t0 + second * 1000),
    ]).flat()
  }
  /** As it was told, entry by entry. */
  const lived = async (entries: readonly JournalEntry[]) => {
    const alerts = await alertsOf([])
    for (const entry of numbered(entries)) await alerts.apply([entry], never)
    return alerts
  }
  const told = ({ told: all }: { readonly told: readonly Alert[] }) =>
    all.map(({ state, silence, rangAt, escalation }) =>
      [state, silence, rangAt === null ? 'never rang' : (Date.parse(rangAt) - t0) / 1000, escalation].join(' '),
    )
  const window = (from: number, to: number | undefined, changes = {}) =>
    fromCloud([
      {
        ...{ kind: 'maintenance', at: t0, by: 'kim' },
        window: { id: 'w', site: 'rtm', reason: 'defrosting', from, ...(to !== undefined && { to }), ...changes },
      } as const,
    ])
  const windowEnded = (at: number) => fromCloud([{ kind: 'maintenance-ended', at, by: 'kim', window: 'w' }])
  const acting = async (entry: JournalEntry, what: object) => {
    const [before] = (await alertsOf([put(warm), entry])).told
    return (at: number) =>
      fromCloud([{ kind: 'alert-act', at, by: 'kim', alert: before?.id ?? '', act: 'shelve', ...what } as const])
  }

  test('what still holds at the end of a maintenance window rings within 10 s', async () => {
    const alerts = await lived(day([0, put(warm), window(t0, t0 + 60_000, { zone: 'COLD' }), map, probe(t0, 9)], [70]))
    expect(told(alerts)).toEqual(['active suppressed never rang 0', 'active  60 0'])
  })

  test.each([
    [
      'what went meanwhile is over',
      [30, probe(t0 + 30_000, 5)],
      ['active suppressed never rang 0', 'cleared suppressed never rang 0', 'normal  never rang 0'],
    ],
    [
      'a window that is ended early',
      [30, windowEnded(t0 + 30_000)],
      ['active suppressed never rang 0', 'active  30 0'],
    ],
  ] as const)('%s', async (_name, step, expected) => {
    const alerts = await lived(day([0, put(warm), window(t0, t0 + 60_000), map, probe(t0, 9)], step, [70]))
    expect(told(alerts)).toEqual(expected)
  })

  test('a window of another zone silences nothing here; one without an end takes out of service', async () => {
    const other = await lived(day([0, put(warm), window(t0, undefined, { zone: 'A' }), map, probe(t0, 9)], [2]))
    expect(told(other)).toEqual(['active  0 0'])
    const out = await lived(day([0, put(warm), map, probe(t0, 9)], [1, window(t0, undefined)], [2]))
    expect(told(out)).toEqual(['active  0 0', 'active out-of-service 0 0'])
    expect(out.alerts('rtm', { state: 'out-of-service' }, page).items).toHaveLength(1)
    expect(out.maintenance()).toMatchObject([{ id: 'w', reason: 'defrosting' }])
  })

  test('a shelved alert is quiet for its time, eight hours at most, and rings if it still holds', async () => {
    const shelve = await acting(probe(t0, 9), { until: t0 + 3_600_000, comment: 'loading' })
    const brief = { ...warm, maxShelveMs: 60_000 }
    const alerts = await lived(day([0, put(brief), probe(t0, 9)], [1, shelve(t0 + 1000)], [62]))
    expect(told(alerts)).toEqual(['active  0 0', 'active shelved 0 0', 'active  61 0'])
    expect(alerts.acts(alerts.told[0]?.id ?? '')).toEqual([
      {
        ...{ at: '2026-11-23T08:00:01.000Z', by: 'kim', act: 'shelve', comment: 'loading' },
        ...{ until: '2026-11-23T09:00:00.000Z', to: null },
      },
    ])
  })

  test('deadlines that pass without anybody escalate; what was seen rings again when it lasts', async () => {
    const rule = { ...warm, escalateAfterMs: [10_000, 20_000], reAlarmMs: 60_000 }
    const acknowledge = await acting(probe(t0, 9), { act: 'acknowledge' })
    const alerts = await lived(day([0, put(rule), probe(t0, 9)], [30, acknowledge(t0 + 30_000)], [101]))
    expect(told(alerts)).toEqual([
      ...['active  0 0', 'active  0 1', 'active  0 2', 'acknowledged  0 2', 'active  90 0', 'active  90 1'],
    ])
    expect(alerts.notices('rtm', page).items.map(({ event }) => event)).toEqual([
      ...['ringing', 'escalated', 'escalated', 'acknowledged', 'ringing', 'escalated'],
    ])
  })

  test('acknowledged late, it does not ring again at once', async () => {
    const acknowledge = await acting(probe(t0, 9), { act: 'acknowledge' })
    const rule = { ...warm, reAlarmMs: 60_000 }
    const alerts = await lived(day([0, put(rule), probe(t0, 9)], [90, acknowledge(t0 + 90_000)], [151]))
    expect(told(alerts)).toEqual(['active  0 0', 'acknowledged  0 0', 'active  150 0'])
  })

  test('what comes and goes escalates by the time for which it rang, and begins anew once somebody has seen it', async () => {
    const acknowledge = await acting(probe(t0, 9), { act: 'acknowledge' })
    const flutter = [0, 10, 20, 30, 40, 50].map((second) => [
      second,
      probe(t0 + second * 1000, second % 20 === 0 ? 9 : 5),
    ])
    const alerts = await lived(
      day(
        [0, put({ ...warm, escalateAfterMs: [15_000, 25_000] })],
        ...(flutter as [number, JournalEntry][]),
        [52, acknowledge(t0 + 52_000)],
        [60, probe(t0 + 60_000, 9)],
        [70],
      ),
    )
    expect(
      alerts.notices('rtm', page).items.map(({ event, at }) => `${event} ${(Date.parse(at) - t0) / 1000}`),
    ).toEqual([...['ringing 0', 'ringing 20', 'escalated 25', 'ringing 40', 'escalated 45', 'over 52', 'ringing 60']])
  })

  test('a shelf until it next clears has a longest time as well', async () => {
    const shelve = await acting(probe(t0, 9), { comment: 'loading' })
    const alerts = await lived(
      day([0, put({ ...warm, maxShelveMs: 60_000 }), probe(t0, 9)], [1, shelve(t0 + 1000)], [62]),
    )
    expect(told(alerts)).toEqual(['active  0 0', 'active shelved 0 0', 'active  61 0'])
    expect(alerts.told[1]?.silencedUntil).toBe('2026-11-23T08:01:01.000Z')
  })

  test('a clock that is set back makes no shelf longer, and no deadline', async () => {
    const ahead = t0 + 86_400_000
    const shelve = await acting(probe(ahead, 9), { until: ahead + 3_600_000, comment: 'loading' })
    const rule = put({ ...warm, escalateAfterMs: [10_000] }, ahead)
    const shelved = await lived([tick(ahead), rule, probe(ahead, 9), shelve(ahead), ...day([2])])
    expect(told(shelved).at(-1)).toMatch(/^active {2}/)
    const ringing = await lived([tick(ahead), rule, probe(ahead, 9), ...day([12])])
    expect(told(ringing)).toEqual(['active  86400 0', 'active  86400 1'])
  })

  test('a window that goes on for longer keeps quiet for longer, and says so', async () => {
    const longer = window(t0, t0 + 90_000)
    const alerts = await lived(day([0, put(warm), window(t0, t0 + 60_000), probe(t0, 9)], [30, longer], [91]))
    expect(told(alerts)).toEqual(['active suppressed never rang 0', 'active suppressed never rang 0', 'active  90 0'])
    expect(alerts.told.map(({ silencedUntil }) => silencedUntil?.slice(14, 19))).toEqual(['01:00', '01:30', undefined])
  })

  test('who was called is told that it is over, also of what was shelved meanwhile; of what never rang nobody is', async () => {
    const shelve = await acting(probe(t0, 9), { until: t0 + 20_000, comment: 'loading' })
    const shelved = await lived(
      day([0, put(warm), probe(t0, 9)], [1, shelve(t0 + 1000)], [10, probe(t0 + 10_000, 5)], [21]),
    )
    expect(shelved.notices('rtm', page).items.map(({ event }) => event)).toEqual(['ringing', 'over'])
    const planned = await lived(
      day([0, put(warm), window(t0, t0 + 20_000), probe(t0, 9)], [10, probe(t0 + 10_000, 5)], [21]),
    )
    expect(planned.notices('rtm', page).items).toEqual([])
  })

  test.each<[string, Rule, readonly SensorPlace[], string]>([
    ['taken off the map: too warm', warm, [], 'active cleared'],
    ['taken off the map: silent', quiet('sensor'), [], 'active cleared'],
    [
      'hung up in another zone than the rule is about',
      { ...warm, zone: 'COLD' },
      [{ ...hung, zone: 'A' }],
      'active cleared',
    ],
    ['hung up in another zone, of a rule about all', warm, [{ ...hung, zone: 'A' }], 'active'],
    ['on another gateway: it is asked anew', quiet('sensor'), [{ ...hung, gateway: 'gw2' }], 'active cleared active'],
    ['where it was', quiet('sensor'), [hung], 'active'],
  ])('a sensor %s', async (_where, rule, sensors, state) => {
    const next = published(rotterdam({ version: 2, sensors: [...sensors] }), t0 + 130_000)
    const alerts = await lived(day([0, map, link(t0, 'online'), put(rule), probe(t0, 9)], [130, next], [131]))
    expect(alerts.told.map((alert) => alert.state).join(' ')).toBe(state)
  })

  test('outside the hours of its rule an alert is quiet; it rings when they begin', async () => {
    // 08:00 UTC is 09:00 in Amsterdam, on a Monday.
    const schedule = { days: [1], from: '09:01', to: '17:00' }
    const alerts = await lived(day([0, map, put({ ...warm, schedule }), probe(t0, 9)], [62]))
    expect(told(alerts)).toEqual(['active suppressed never rang 0', 'active  60 0'])
  })

  test('24 hours of noise of ±0.3 around the limit ring once', async () => {
    const noise = Array.from({ length: 8640 }, (_, n) => probe(t0 + n * 10_000, 8 + 0.3 * Math.sin(n * 12.9898)))
    const alerts = await lived([put(warm), map, ...noise])
    // It is told again only as it gets worse, which of noise is ever more seldom; and nobody is called for that.
    expect([...new Set(told(alerts))]).toEqual([expect.stringMatching(/^active {2}\d+ 0$/)])
    expect(alerts.told.length).toBeLessThan(20)
    expect(alerts.notices('rtm', page).items.map(({ event }) => event)).toEqual(['ringing'])
  })

  test('the alarm of a missing heartbeat comes within its interval and 10 s', async () => {
    const alerts = await lived(day([0, put(quiet('sensor')), map, link(t0, 'online'), probe(t0, 5)], [140]))
    expect(summary(alerts)).toEqual(['quiet-sensor probe active @120'])
  })

  test('an act on an alert that does not exist changes nothing', async () => {
    const alerts = await alertsOf([
      fromCloud([{ kind: 'alert-act', at: t0, by: 'kim', alert: 'none', act: 'acknowledge' }]),
    ])
    expect(alerts.alerts('rtm', {}, page).items).toEqual([])
    expect(alerts.alert('none')).toBeUndefined()
  })
})

describe('rebuild', () => {
  const story = [
    put({ ...warm, onDelayMs: minute }),
    put(quiet('sensor')),
    map,
    link(t0, 'online'),
    probe(t0, 9),
    tick(t0 + 30_000),
    probe(t0 + minute, 9),
    probe(t0 + 2 * minute, 5),
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((minutes) => tick(t0 + minutes * minute)),
    device(t0 + 11 * minute, 'cold', 'down'),
    tick(t0 + 12 * minute),
  ]

  test('entry by entry with restarts between gives the same alerts with the same ids', async () => {
    const whole = await alertsOf(story)
    const path = join(folder, 'a.db')
    for (const entry of numbered(story)) {
      const part = await openAlerts({ path, tell: () => undefined })
      await part.apply([entry], never)
      await part.apply([entry], never)
      await part.close()
    }
    const reopened = await openAlerts({ path, tell: () => undefined })
    expect(whole.alerts('rtm', {}, page).items).toHaveLength(2)
    expect(reopened.alerts('rtm', {}, page)).toEqual(whole.alerts('rtm', {}, page))
    expect(reopened.standing()).toEqual(whole.standing())
    expect(reopened.offset).toBe(story.length)
    await reopened.close()
    await reopened.close()
  })

  test('with shelves, windows and late data: restarts between the entries change nothing', async () => {
    const before = [put(warm), put({ ...warm, id: 'shelved', latching: true }), map, probe(t0, 9)]
    const first = await alertsOf(before)
    const shelved = first.told.find(({ rule }) => rule === 'shelved')?.id ?? ''
    const window = { id: 'w', site: 'rtm', reason: 'defrosting', from: t0 + 2000, to: t0 + minute, rule: 'warm' }
    const eventful = [
      ...before,
      fromCloud([
        { kind: 'alert-act', at: t0 + 1000, by: 'kim', alert: shelved, act: 'shelve', until: t0 + 2 * minute },
      ]),
      fromCloud([{ kind: 'maintenance', at: t0 + 2000, by: 'kim', window }]),
      tick(t0 + 3000),
      probe(t0 + 20 * minute, 9),
      ...[9, 6].map((value, n) =>
        fromGateway([measurement(t0 + (5 + n) * minute, { temperature: value })], { late: true }),
      ),
      ...Array.from({ length: 23 }, (_, n) => tick(t0 + n * minute)),
    ]
    const whole = await alertsOf(eventful)
    const path = join(folder, 'eventful.db')
    for (const entry of numbered(eventful)) {
      const part = await openAlerts({ path, tell: () => undefined })
      await part.apply([entry], never)
      await part.close()
    }
    const reopened = await openAlerts({ path, tell: () => undefined })
    const items = whole.alerts('rtm', {}, page).items
    expect(items.map(({ rule, isPast }) => `${rule}${isPast === true ? ' past' : ''}`).sort()).toEqual([
      ...['shelved', 'shelved past', 'warm', 'warm past'],
    ])
    expect(whole.notices('rtm', page).items.length).toBeGreaterThan(2)
    expect(reopened.alerts('rtm', {}, page).items).toEqual(items)
    expect(reopened.notices('rtm', page).items).toEqual(whole.notices('rtm', page).items)
    expect(reopened.maintenance()).toEqual(whole.maintenance())
    await reopened.close()
  })

  test('pages are stable while new alerts come', async () => {
    const sensors = ['s1', 's2', 's3', 's4', 's5']
    const alerts = await alertsOf([
      put(warm),
      ...sensors.map((sensor, index) => fromGateway([measurement(t0 + index, { temperature: 9 }, sensor)])),
    ])
    const first = alerts.alerts('rtm', {}, { limit: 2 })
    expect(first.items.map(({ subject }) => subject)).toEqual(['s5', 's4'])
    const newer = fromGateway([measurement(t0 + 99, { temperature: 9 }, 's6')])
    await alerts.apply([{ ...newer, offset: 50 }], never)
    const second = alerts.alerts('rtm', {}, { limit: 2, cursor: first.next ?? '' })
    expect(second.items.map(({ subject }) => subject)).toEqual(['s3', 's2'])
    expect(alerts.alerts('ham', {}, page).items).toEqual([])
  })
})

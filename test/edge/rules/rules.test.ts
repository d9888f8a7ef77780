import { describe, expect, test } from 'vitest'
import { adoptRules } from '../../../edge/rules/adopt.ts'
import { judgePassage, judgePassagesAt, mostHolds } from '../../../edge/rules/judge-passage.ts'
import { judgeValue, judgeValuesAt, stepValues } from '../../../edge/rules/judge-value.ts'
import { KeptRules, keptOf, rulesState } from '../../../edge/rules/state.ts'
import { GatewayRule } from '../../../shared/gateway-rule.ts'
import type { EdgeAlert, Measurement, Passage } from '../../../shared/record.ts'
import { seededRandom } from '../../../simulators/world/chance.ts'

const t0 = Date.UTC(2026, 10, 23, 8)
const minute = 60_000

const warm = {
  ...{ id: 'warm', type: 'threshold', quantity: 'temperature', sensors: ['probe'], direction: 'above' },
  ...{ limit: 8, clearAt: 7, onDelayMs: 0, outputs: ['horn'] },
} as const satisfies GatewayRule & object
const comfortable = {
  ...{ id: 'band', type: 'band', quantity: 'temperature', sensors: ['probe'], low: 2, high: 8, deadBand: 0.5 },
  ...{ onDelayMs: 0, outputs: [] },
} as const satisfies GatewayRule & object
const hold = {
  ...{ id: 'hold', type: 'gate-hold', gates: ['dock-1.3'], stops: 'held', direction: 'out', quietMs: minute },
  outputs: ['light'],
} as const satisfies GatewayRule & object

const changed = (rule: GatewayRule, changes: object) => GatewayRule.parse({ ...rule, ...changes })
const held = ['E2AA', 'E2BB']
const document = (...rules: readonly object[]) => ({ rules: [...rules] as GatewayRule[], held })
const value = (second: number, temperature: number | null, mark: object = {}): Measurement => {
  return { kind: 'measurement', at: t0 + second * 1000, sensor: 'probe', values: { temperature }, ...mark }
}
const pass = (second: number, epc: string, direction: 'in' | 'out' = 'out', readPoint = 'dock-1.3'): Passage => {
  return { kind: 'passage', at: t0 + second * 1000, readPoint, epc, direction, confidence: 1, count: 3 }
}
const at = (second: number) => ({ time: t0 + second * 1000 })
const restart = 'restart'
const step = 'step'

type Event = Measurement | Passage | { readonly time: number } | ReturnType<typeof document> | 'restart' | 'step'

/** What a gateway says of events one after the other; with the restart its state goes through the file. */
function told(events: readonly Event[], isDriven?: (ids: readonly string[]) => void): readonly string[] {
  const records: EdgeAlert[] = []
  const tell = (record: EdgeAlert, outputs: readonly string[]) => {
    records.push(record)
    isDriven?.(outputs)
  }
  let state = rulesState()
  let inForce = document()
  let now = t0
  for (const event of events) {
    if (event === restart) {
      state = rulesState(KeptRules.parse(JSON.parse(JSON.stringify(keptOf(state, [])))))
      adoptRules(state, inForce, now, tell)
    } else if (event === step) stepValues(state)
    else if ('kind' in event) {
      now = Math.max(now, event.at)
      if (event.kind === 'measurement') judgeValue(state, event as Measurement, tell)
      else judgePassage(state, event as Passage, tell)
    } else if ('time' in event) {
      now = event.time
      judgeValuesAt(state, now, tell)
      judgePassagesAt(state, now, tell)
    } else {
      inForce = event
      adoptRules(state, event, now, tell)
    }
  }
  const seconds = (instant: number) => (instant - t0) / 1000
  return records
    .filter((record) => record.state === 'raised' || record.raisedAt !== undefined)
    .map(({ rule, subject, state: said, at: instant, raisedAt, unsynced }) => {
      const since = raisedAt === undefined ? '' : ` since ${seconds(raisedAt)}`
      return `${rule} ${subject} ${said} @${seconds(instant)}${since}${unsynced === true ? ' unsynced' : ''}`
    })
}

test('a record tells the worst up to it, from the first value of the excursion on', () => {
  const records: EdgeAlert[] = []
  const state = rulesState()
  const tell = (record: EdgeAlert) => void records.push(record)
  adoptRules(state, document(changed(warm, { onDelayMs: minute })), t0, tell)
  for (const one of [
    value(0, 9),
    value(30, 12),
    value(60, 9.1),
    value(70, 14),
    value(80, 6),
    value(90, 9),
    value(150, 9),
  ])
    judgeValue(state, one, tell)
  const worst = (record: EdgeAlert) => [record.state, record.value, record.worst?.value, (record.worst?.at ?? 0) - t0]
  expect(records.filter(({ value: rang }) => rang !== undefined).map(worst)).toEqual([
    ['raised', 9.1, 12, 30_000],
    ['cleared', 9.1, 14, 70_000],
    ['raised', 9, 9, 90_000],
  ])
})

describe('values against limits', () => {
  const delayed = document(changed(warm, { onDelayMs: minute }))
  for (const [name, events, expected] of [
    ['above', [document(warm), value(0, 9)], ['warm probe raised @0']],
    ['at the limit', [document(warm), value(0, 8)], []],
    ['no value', [document(warm), value(0, null)], []],
    ['no rule', [value(0, 9)], []],
    [
      'clears at the clear level, not at the limit',
      [document(warm), value(0, 9), value(1, 7.5), value(2, 7)],
      ['warm probe raised @0', 'warm probe cleared @2 since 0'],
    ],
    [
      'below',
      [document(changed(warm, { direction: 'below', limit: 2, clearAt: 3 })), value(0, 1), value(1, 2.5), value(2, 3)],
      ['warm probe raised @0', 'warm probe cleared @2 since 0'],
    ],
    [
      'a band, on both sides, with its dead band',
      [document(comfortable), value(0, 9), value(1, 7.8), value(2, 7.5), value(3, 1.9), value(4, 2.5)],
      [
        ...['band probe raised @0', 'band probe cleared @2 since 0'],
        ...['band probe raised @3', 'band probe cleared @4 since 3'],
      ],
    ],
    ['the on-delay, by the next value', [delayed, value(0, 9), value(61, 9)], ['warm probe raised @60']],
    ['the on-delay, by time alone', [delayed, value(0, 9), at(59), at(60)], ['warm probe raised @60']],
    ['gone within the on-delay', [delayed, value(0, 9), value(59, 5), at(120)], []],
    [
      'the off-delay: back within it is one',
      [
        document(changed(warm, { offDelayMs: minute })),
        ...[value(0, 9), value(1, 5), value(30, 9), value(31, 5), at(90), at(91)],
      ],
      ['warm probe raised @0', 'warm probe cleared @91 since 0'],
    ],
    ['what comes late is history', [document(warm), value(10, 5), value(5, 9)], []],
    [
      'a clock that is not trusted',
      [document(warm), value(0, 9, { unsynced: true, boot: 'b' })],
      ['warm probe raised @0 unsynced'],
    ],
    [
      'a clock that steps: what stands, stands',
      [document(warm), value(0, 9), step, value(-9, 9)],
      ['warm probe raised @0'],
    ],
    ['a clock that steps: delays begin anew', [delayed, value(0, 9), step, at(3600)], []],
  ] as const satisfies readonly (readonly [string, readonly Event[], readonly string[]])[]) {
    test(name, () => expect(told(events)).toEqual(expected))
  }

  test('noise of ±0.3 around a limit for 24 h: one raise', () => {
    const random = seededRandom(24)
    const noisy = Array.from({ length: 24 * 360 }, (_, i) => value(i * 10, 8 + (random() - 0.5) * 0.6))
    expect(noisy.filter((one) => (one.values['temperature'] ?? 0) > 8).length).toBeGreaterThan(4000)
    const said = told([document(warm), ...noisy])
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^warm probe raised/)
    expect(
      told([document(warm), ...noisy.flatMap((one, i) => (i % 500 === 0 ? [restart, one] : [one]) as Event[])]),
    ).toEqual(said)
  })
})

describe('a restart', () => {
  const delayed = document(changed(warm, { onDelayMs: minute }))
  for (const [name, events, expected] of [
    ['does not raise again', [document(warm), value(0, 9), restart, value(1, 9)], ['warm probe raised @0']],
    [
      'does not forget',
      [document(warm), value(0, 9), restart, value(1, 5)],
      ['warm probe raised @0', 'warm probe cleared @1 since 0'],
    ],
    ['does not begin an on-delay anew', [delayed, value(0, 9), restart, at(60)], ['warm probe raised @60']],
    [
      'keeps a hold',
      [document(hold), pass(0, 'E2AA'), restart, pass(9, 'E2AA'), at(69)],
      ['hold E2AA raised @0', 'hold E2AA cleared @69 since 0'],
    ],
  ] as const satisfies readonly (readonly [string, readonly Event[], readonly string[]])[]) {
    test(name, () => expect(told(events)).toEqual(expected))
  }

  test('a gateway that begins to judge says that nothing holds, so that what it forgot is over', () => {
    const records: EdgeAlert[] = []
    const state = rulesState()
    adoptRules(state, document(warm), t0, () => {})
    judgeValue(state, value(0, 5), (record) => records.push(record))
    judgeValue(state, value(1, 5), (record) => records.push(record))
    expect(records).toEqual([{ kind: 'alert', at: t0, rule: 'warm', subject: 'probe', state: 'cleared' }])
  })
})

describe('other rules come', () => {
  const raised = [document(warm), value(0, 9)] as const
  for (const [name, events, expected] of [
    ['the same again', [document(warm), value(1, 9)], []],
    ['it drives something else', [document(changed(warm, { outputs: [] })), value(1, 9)], []],
    ['it is gone', [document(), value(1, 9)], ['warm probe cleared @0 since 0']],
    [
      'another limit: a new question',
      [document(changed(warm, { limit: 8.5 })), value(1, 9)],
      ['warm probe cleared @0 since 0', 'warm probe raised @1'],
    ],
    [
      'the sensor is another gateway’s',
      [document(changed(warm, { sensors: ['x'] }))],
      ['warm probe cleared @0 since 0'],
    ],
    ['another limit, found after a restart', [document(warm), restart, document()], ['warm probe cleared @0 since 0']],
  ] as const satisfies readonly (readonly [string, readonly Event[], readonly string[]])[]) {
    test(name, () => expect(told([...raised, ...events])).toEqual(['warm probe raised @0', ...expected]))
  }

  test('what a rule that is gone switched on is switched off', () => {
    const driven: string[] = []
    told([...raised, document()], (ids) => driven.push(...ids))
    expect(driven).toEqual(['horn', 'horn'])
  })
})

describe('items at a gate', () => {
  const order = changed(hold, { id: 'order', stops: 'unlisted', listed: ['E2CC'] })
  for (const [name, events, expected] of [
    ['on hold', [document(hold), pass(0, 'E2AA')], ['hold E2AA raised @0']],
    ['not on hold', [document(hold), pass(0, 'E2CC')], []],
    ['on hold, and comes in', [document(hold), pass(0, 'E2AA', 'in')], []],
    ['at another gate', [document(hold), pass(0, 'E2AA', 'out', 'dock-2.3')], []],
    [
      'comes back',
      [document(hold), pass(0, 'E2AA'), pass(9, 'E2AA', 'in')],
      ['hold E2AA raised @0', 'hold E2AA cleared @9 since 0'],
    ],
    [
      'passes again: one alert, and quiet from the last time on',
      [document(hold), pass(0, 'E2AA'), pass(30, 'E2AA'), at(89), at(90)],
      ['hold E2AA raised @0', 'hold E2AA cleared @90 since 0'],
    ],
    ['not listed', [document(order), pass(0, 'E2AA'), pass(1, 'E2CC')], ['order E2AA raised @0']],
    [
      'on hold from now on',
      [document(hold), pass(0, 'E2DD'), { ...document(hold), held: ['E2DD'] }, pass(1, 'E2DD')],
      ['hold E2DD raised @1'],
    ],
  ] as const satisfies readonly (readonly [string, readonly Event[], readonly string[]])[]) {
    test(name, () => expect(told(events)).toEqual(expected))
  }

  test('are remembered up to a bound; beyond it the one that passed longest ago is over early', () => {
    const epcs = Array.from({ length: mostHolds + 1 }, (_, i) => (0x1000 + i).toString(16).toUpperCase())
    const said = told([document(order), ...epcs.map((epc, i) => pass(i / 1000, epc))])
    expect(said.filter((one) => one.includes('raised'))).toHaveLength(mostHolds + 1)
    expect(said.filter((one) => one.includes('cleared'))).toEqual(['order 1000 cleared @0 since 0'])
  })
})

import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../cloud/push/fact.ts'
import { openSupervision } from '../../../cloud/supervision/open.ts'
import type { PowerOrder, ReaderPowerSaid } from '../../../shared/reader-power.ts'
import { fromCloud, fromGateway, never, numbered, t0, tick } from '../../support/journal-entries.ts'

const said = (more: Partial<ReaderPowerSaid['antennas'][number]> = {}, isApplied = true): ReaderPowerSaid => ({
  ...{ reader: 'dock-1', levelsDbm: [10, 20, 30], isApplied },
  antennas: [{ antenna: 1, readPoint: 'dock-1.1', dbm: 30, from: 'reader', ...more }],
})
const word = (at: number, power: ReaderPowerSaid) =>
  fromGateway([{ kind: 'device', at, device: 'gw1', state: 'up', power }])
const act = (at: number, what: 'keep' | 'try' | 'back', dbm?: number | null) =>
  fromCloud([
    {
      ...{ kind: 'power', at, by: 'ines', gateway: 'gw1', reader: 'dock-1', antenna: 1, act: what },
      ...(dbm === undefined ? {} : { dbm }),
      ...(what === 'try' ? { seconds: 30 } : {}),
    },
  ])

async function resultOf(...entries: readonly ReturnType<typeof tick | typeof word>[]) {
  const told: Fact[] = []
  const supervision = await openSupervision({ path: ':memory:', tell: (facts) => void told.push(...facts) })
  await supervision.apply(numbered(entries), never)
  const [reader] = supervision.power('rtm')
  const standing = supervision.standing().flatMap((fact) => (fact.type === 'power' ? fact.orders : []))
  await supervision.close()
  const orders = told.findLast((fact) => fact.type === 'power')?.orders
  return { orders, standing, reader, antenna: reader?.antennas[0] }
}
const order = (keptDbm: number | null, trial?: { askedAt: number; dbm: number }): PowerOrder => ({
  ...{ reader: 'dock-1', antenna: 1, keptDbm },
  ...(trial && { trial: { ...trial, seconds: 30 } }),
})

describe('what a gateway is told to bring about', () => {
  const trying = { askedAt: t0, dbm: 20 }
  for (const [name, entries, expected] of [
    ['kept', [act(t0, 'keep', 20)], [order(20)]],
    ['given back to the file: nothing more', [act(t0, 'keep', 20), act(t0, 'keep', null)], []],
    ['tried over what is kept', [act(t0 - 1, 'keep', 10), act(t0, 'try', 20)], [order(10, trying)]],
    ['tried over nothing', [act(t0, 'try', 20)], [order(null, trying)]],
    ['back', [act(t0 - 1, 'keep', 10), act(t0, 'try', 20), act(t0 + 1, 'back')], [order(10)]],
    ['kept while it is tried', [act(t0, 'try', 20), act(t0 + 1, 'keep', 20)], [order(20)]],
    ['a moment before its time and grace', [act(t0, 'try', 20), tick(t0 + 34_999)], [order(null, trying)]],
    ['after that', [act(t0, 'try', 20), tick(t0 + 35_000)], []],
    ['the clock of the cloud went back by an hour', [act(t0, 'try', 20), tick(t0 - 3_600_000)], []],
  ] as const) {
    test(name, async () => {
      const { orders, standing } = await resultOf(...entries)
      expect([orders, standing]).toEqual([expected, expected])
    })
  }
})

describe('what the board is told', () => {
  const running = { askedAt: t0, dbm: 20, state: 'running' as const, untilAt: t0 + 30_100 }
  for (const [name, entries, expected] of [
    ['nothing asked', [word(t0, said())], { dbm: 30, from: 'reader', kept: null, trial: null, fileDbm: null }],
    ['kept, not heard of', [word(t0, said()), act(t0, 'keep', 20)], { kept: { dbm: 20, by: 'ines', state: 'asked' } }],
    [
      'heard of, and not confirmed by the reader',
      [act(t0, 'keep', 20), word(t0, said({ keptDbm: 20 }, false))],
      { kept: { state: 'asked' } },
    ],
    ['confirmed', [act(t0, 'keep', 20), word(t0, said({ keptDbm: 20 }))], { kept: { state: 'confirmed' } }],
    [
      'refused',
      [act(t0, 'keep', 20), word(t0, said({ keptDbm: 20, refusal: 'no' }))],
      { kept: { state: 'refused', reason: 'no' } },
    ],
    ['tried, not heard of', [word(t0, said()), act(t0, 'try', 20)], { trial: { dbm: 20, by: 'ines', state: 'asked' } }],
    [
      'it runs',
      [act(t0, 'try', 20), word(t0, said({ trial: running }))],
      { trial: { state: 'running', untilAt: new Date(t0 + 30_100).toISOString() } },
    ],
    [
      'another one is asked for while it runs',
      [word(t0, said({ trial: running })), act(t0 + 9, 'try', 10)],
      { trial: { dbm: 10, state: 'asked', untilAt: null } },
    ],
    [
      'an older word that comes late changes nothing',
      [word(t0, said({ dbm: 10 })), word(t0 - 9, said({ dbm: 20 }))],
      { dbm: 10 },
    ],
  ] as const) {
    test(name, async () => expect((await resultOf(...entries)).antenna).toMatchObject(expected))
  }

  test('a word about power says nothing of the state of the reader', async () => {
    const { reader } = await resultOf(word(t0, said()))
    expect(reader).toMatchObject({ gateway: 'gw1', reader: 'dock-1', state: null, link: 'online' })
  })
})

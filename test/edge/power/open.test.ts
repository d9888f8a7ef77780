import { expect, onTestFinished, test } from 'vitest'
import { openPower } from '../../../edge/power/open.ts'
import { recordQueue } from '../../../edge/record-queue.ts'
import { GatewayDocument } from '../../../shared/gateway-document.ts'
import type { PowerOrder, ReaderPowerSaid } from '../../../shared/reader-power.ts'
import { until } from '../../support/until.ts'

/** A desk at work, with a clock that is turned by hand. */
function desk(kept?: readonly PowerOrder[], capacity = 100) {
  let nowMs = 5_000
  const documentOf = (power: readonly PowerOrder[]) => GatewayDocument.parse({ v: 1, version: 1, gates: [], power })
  let document = kept && documentOf(kept)
  const queue = recordQueue(capacity)
  const clock = { now: () => 1_000_000 + nowMs, monotonicMs: () => nowMs, unsyncedIn: undefined }
  const power = openPower({ gateway: 'gw-1', document: () => document, queue, clock, log: { warn() {} } })
  const stop = new AbortController()
  void power.run(stop.signal)
  onTestFinished(() => stop.abort())
  const words: ReaderPowerSaid[] = []
  return {
    power,
    reader: power.reader('dock-1'),
    queue,
    order(...orders: readonly PowerOrder[]) {
      document = documentOf(orders)
    },
    pass(ms: number) {
      nowMs += ms
    },
    /** What was told last, once it is this. */
    async told(condition: (said: ReaderPowerSaid) => boolean) {
      await until('it is told', () => {
        words.push(...queue.take(100).map((record) => record['power'] as ReaderPowerSaid))
        const newest = words.at(-1)
        return newest !== undefined && condition(newest)
      })
      return words.at(-1)
    },
    count: () => words.length,
  }
}
const can = {
  levelsDbm: [10, 20, 30],
  antennas: [
    { antenna: 1, readPoint: 'dock-1.1', fileDbm: 20 },
    { antenna: 2, readPoint: 'dock-1.2', ownDbm: 30 },
  ],
}
const order = (antenna: number, keptDbm: number | null, trial?: number): PowerOrder => ({
  ...{ reader: 'dock-1', antenna, keptDbm },
  ...(trial !== undefined && { trial: { askedAt: 7, dbm: trial, seconds: 30 } }),
})

test('each antenna is told of by whose word it sends; what the reader has not confirmed is said to be that', async () => {
  const { reader, order: ask, told } = desk()
  reader.connected(can)
  expect(await told(({ isApplied }) => !isApplied)).toEqual({
    ...{ reader: 'dock-1', levelsDbm: can.levelsDbm, isApplied: false },
    antennas: [
      { antenna: 1, readPoint: 'dock-1.1', dbm: 20, from: 'file', fileDbm: 20 },
      { antenna: 2, readPoint: 'dock-1.2', dbm: 30, from: 'reader' },
    ],
  })
  reader.applied(reader.wanted())
  await told(({ isApplied }) => isApplied)
  ask(order(1, 30), order(2, null, 10))
  expect([...reader.wanted()]).toEqual([
    [1, 30],
    [2, 10],
  ])
  const said = await told(({ antennas }) => antennas[1]?.from === 'trial')
  expect(said?.isApplied).toBe(false)
  expect(said?.antennas).toMatchObject([
    { dbm: 30, from: 'board', keptDbm: 30, fileDbm: 20 },
    { dbm: 10, from: 'trial', trial: { askedAt: 7, state: 'running', untilAt: 1_035_000 } },
  ])
})

test('a trial ends in between two looks, without a document', () => {
  const { reader, order: ask, pass } = desk()
  reader.connected(can)
  ask(order(1, null, 10))
  expect(reader.wanted().get(1)).toBe(10)
  pass(29_999)
  expect(reader.wanted().get(1)).toBe(10)
  pass(1)
  expect(reader.wanted().size).toBe(0)
})

test('what the reader refuses is wanted no more, and told with its reason', async () => {
  const { reader, order: ask, told } = desk()
  reader.connected(can)
  ask(order(1, 20, 10))
  expect(reader.wanted().get(1)).toBe(10)
  reader.refused('the reader refuses ADD_ROSPEC: status 101')
  expect(reader.wanted().get(1)).toBe(20)
  const said = await told(({ antennas }) => antennas[0]?.trial?.state === 'refused')
  expect(said?.antennas[0]?.trial?.reason).toContain('ADD_ROSPEC')
})

test('the document on disk: what is kept holds from the start, a trial in it does not', () => {
  const { reader } = desk([order(1, 30, 10)])
  expect([...reader.wanted()]).toEqual([[1, 30]])
})

test('while the queue is full nothing is told; then the newest word, once', async () => {
  const { reader, order: ask, queue, told, count } = desk(undefined, 1)
  queue.push({ kind: 'other' })
  reader.connected(can)
  for (const dbm of [10, 20, 30]) ask(order(1, dbm))
  expect(reader.wanted().get(1)).toBe(30)
  queue.take(1)
  await told(({ antennas }) => antennas[0]?.dbm === 30)
  expect(count()).toBe(1)
})

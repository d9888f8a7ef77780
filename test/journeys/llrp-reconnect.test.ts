import { afterEach, expect, test } from 'vitest'
import { protocols } from '../../edge/decoders/catalogue.ts'
import { runLine } from '../../edge/line.ts'
import { openLlrp } from '../../edge/sources/llrp/open.ts'
import { LlrpOptions } from '../../edge/sources/llrp/options.ts'
import { emptyTally } from '../../edge/tally.ts'
import { isKind } from '../../shared/record.ts'
import { type LlrpReader, openLlrpReader } from '../../simulators/devices/llrp.ts'
import { type ChaosProxy, openChaosProxy } from '../faults/chaos-proxy.ts'
import { allowedMs } from '../support/allowed.ts'
import { quietLog, steadyClock } from '../support/edge.ts'
import { memorySpool } from '../support/memory-spool.ts'
import { runSource, sourceContext } from '../support/source-run.ts'
import { until } from '../support/until.ts'

/** A cable that is pulled, with the waits and the chance of the field. What each reader saw is the truth. */

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const epcOf = (reader: number, n: number) =>
  `3034257B${reader.toString(16).padStart(4, '0')}4E40${n.toString(16).padStart(8, '0')}`.toUpperCase()

/** A reader that sees a new tag every so many ms, and what it took of them. */
async function busyReader(index: number, everyMs: number) {
  const id = `dock-${index}`
  const reader = await openLlrpReader({ id, port: 0, random: Math.random, now: () => Date.now() })
  const seen: string[] = []
  let n = 0
  const timer = setInterval(() => {
    const sighting = { at: Date.now(), antenna: 1, epc: epcOf(index, n), rssiDbm: -50 }
    n += 1
    seen.push(...reader.see([sighting]).map(({ epc }) => epc))
  }, everyMs)
  closers.push(async () => {
    clearInterval(timer)
    await reader.close()
  })
  return { id, reader, seen, rest: () => clearInterval(timer) }
}

const keepaliveSeconds = 0.5
const optionsOf = (reader: LlrpReader, port = reader.port) =>
  LlrpOptions.parse({ type: 'llrp', id: reader.id, host: '127.0.0.1', port, keepaliveSeconds })
const context = { ...sourceContext, random: Math.random }
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A gateway's source at a reader behind a network that can be broken without a word to either end. */
async function behindNetwork() {
  const { reader, seen, rest } = await busyReader(1, 5)
  const network: ChaosProxy = await openChaosProxy({ host: '127.0.0.1', port: reader.port })
  closers.push(() => network.close())
  const run = runSource(openLlrp(optionsOf(reader, network.port), context).source)
  closers.push(() => run.stop())
  const epcs = () =>
    run.deliveries.flatMap(({ bytes, at }) => {
      const decoded = protocols.llrp.decode(bytes, { device: reader.id, at })
      return decoded.ok ? decoded.value.flatMap((one) => (one.type === 'tag' ? [one.epc] : [])) : []
    })
  await until('the reader reads', () => epcs().length > 100)
  return { reader, seen, rest, network, run, epcs }
}

test('a network that swallows everything: met again within 10 s of its return; lost is what was handed to it', async () => {
  const { reader, seen, rest, network, run, epcs } = await behindNetwork()
  const before = seen.length
  network.weather({ swallowUp: true, swallowDown: true })
  await until('the gateway has noticed', () => run.statesOf(reader.id).at(-1) === 'down')
  const noticed = run.links.at(-1)?.reason
  expect(noticed).toBe('the reader missed 3 keep-alives')
  await until('the reader has noticed', () => reader.counters.waiting > 100)
  const kept = seen.length - reader.counters.waiting
  await pause(2000)
  network.weather({ swallowUp: false, swallowDown: false })
  const returned = performance.now()
  await until('it reads again', () => run.statesOf(reader.id).at(-1) === 'up')
  // At most 8 s between two attempts.
  expect(performance.now() - returned).toBeLessThan(allowedMs(10_000))
  rest()
  await until('the last read has come', () => epcs().includes(seen.at(-1) ?? ''))
  const all = epcs()
  expect(new Set(all).size).toBe(all.length)
  const came = new Set(all)
  const lost = seen.flatMap((epc, i) => (came.has(epc) ? [] : [i]))
  // One stretch: from the cut to when the reader noticed.
  expect(lost.length).toBeGreaterThan(0)
  expect(lost.at(0)).toBeGreaterThanOrEqual(before - 5)
  expect(lost.at(-1)).toBeLessThanOrEqual(kept)
  expect((lost.at(-1) ?? 0) - (lost.at(0) ?? 0)).toBe(lost.length - 1)
  expect(all).toEqual(seen.filter((epc) => came.has(epc)))
})

test('50 readers that return together all read within 30 s; nothing that they kept is lost, nothing comes twice', async () => {
  const fleet = await Promise.all(Array.from({ length: 50 }, (_, i) => busyReader(i, 40)))
  const stop = new AbortController()
  const spool = memorySpool()
  const tally = emptyTally()
  const ended = runLine(
    {
      gateway: 'gw-1',
      sources: fleet.map(({ reader }) => openLlrp(optionsOf(reader), context)),
      clean: { windowMs: 2000, openWindows: 100_000, heartbeatMs: 60_000, deadBands: {} },
      spool,
      clock: steadyClock(),
      random: Math.random,
      log: quietLog(),
      tally,
    },
    stop.signal,
  )
  const stateOf = ({ id }: { readonly id: string }) => tally.devices.get(id)?.link
  const all = (state: string) => () => fleet.every((one) => stateOf(one) === state)
  await until('all read', all('up'))
  await pause(500)
  await Promise.all(fleet.map(({ reader }) => reader.unplug()))
  await until('all are down', all('down'))
  await pause(5000)
  await Promise.all(fleet.map(({ reader }) => reader.plug()))
  const returned = performance.now()
  await until('all read again', all('up'))
  expect(performance.now() - returned).toBeLessThan(allowedMs(30_000))
  for (const { rest } of fleet) rest()
  const truth = fleet.flatMap(({ seen }) => seen)
  await until('all reads have come', () => tally.epcs['as-read'] >= truth.length)
  stop.abort()
  await ended
  const counted = new Map<string, number>()
  for (const record of spool.records) {
    if (isKind(record, 'observation')) counted.set(record.epc, (counted.get(record.epc) ?? 0) + record.count)
  }
  expect(truth.length).toBeGreaterThan(50 * 100)
  expect(truth.filter((epc) => counted.get(epc) !== 1)).toEqual([])
  expect(counted.size).toBe(truth.length)
})

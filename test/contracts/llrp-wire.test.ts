import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { protocols } from '../../edge/decoders/catalogue.ts'
import type { SourceContext } from '../../edge/sources/configured.ts'
import { openLlrp } from '../../edge/sources/llrp/open.ts'
import { LlrpOptions } from '../../edge/sources/llrp/options.ts'
import { type LlrpReader, type LlrpReaderOptions, openLlrpReader } from '../../simulators/devices/llrp.ts'
import { seededRandom } from '../../simulators/world/chance.ts'
import { captureTo, llrpIn } from '../support/capture.ts'
import { runSource, sourceContext } from '../support/source-run.ts'
import { until } from '../support/until.ts'

/** Two implementations that know nothing of ours: the dissector of Wireshark, and llrpjs. */

let directory: string
let reader: LlrpReader
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'llrp-wire-'))
})
afterEach(async () => {
  await reader.close()
  await rm(directory, { recursive: true })
})

const random = seededRandom(5084)
async function openReader(options: Partial<LlrpReaderOptions> = {}): Promise<void> {
  reader = await openLlrpReader({ id: 'dock-1', port: 0, random, now: () => Date.now(), ...options })
}
function source(port: number, options: object = {}, context: SourceContext = sourceContext) {
  const keepaliveSeconds = 0.2
  const parsed = LlrpOptions.parse({
    type: 'llrp',
    id: 'dock-1',
    host: '127.0.0.1',
    port,
    keepaliveSeconds,
    ...options,
  })
  return runSource(openLlrp(parsed, context).source)
}
const hex = (bytes: number) =>
  Array.from({ length: bytes }, () =>
    Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0'),
  )
    .join('')
    .toUpperCase()
/** Tags with EPCs of 96 bits and of other lengths. */
const sightings = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    at: Date.now() - i * 17,
    antenna: 1 + (i % 4),
    epc: hex([12, 12, 8, 16, 62][i % 5] ?? 12),
    rssiDbm: -(3000 + Math.floor(random() * 5000)) / 100,
  }))

const everything = {
  protocolVersion: '1.1',
  antennas: [{ port: 1, transmitPowerDbm: 27 }, { port: 2, transmitPowerIndex: 3 }, { port: 3 }, { port: 4 }],
  rfMode: 2,
  reportEveryTags: 5,
}
// What the client sends and the reader answers in one life: set-up, reports, keep-alives, an input, another power, good-bye.
const setUp = [1, 2, 3, 20, 21, 24, 26, 60, 64]
const answers = [11, 12, 13, 30, 31, 34, 36, 61, 62, 63]
for (const [name, kind, options, sent, answered] of [
  ['an Impinj', {}, {}, [...setUp, 14, 22, 72, 1023], [...answers, 4, 32, 1023]],
  ['a reader of 1.1', { isImpinj: false }, everything, [...setUp, 14, 22, 46, 47, 72], [...answers, 4, 32, 56, 57]],
  [
    'a reader without a calendar, started by an input and listened to at it',
    { hasUtcClock: false, antennas: 2 },
    { gpi: { port: 1 }, inputs: [1] },
    [...setUp, 14, 72, 1023],
    [...answers, 4, 1023],
  ],
] as const) {
  test(`Wireshark finds nothing wrong between the gateway and ${name}`, async () => {
    await openReader(kind)
    const file = join(directory, 'wire.pcap')
    const capture = await captureTo(file, reader.port)
    let wanted = new Map<number, number>()
    const desk = { wanted: () => wanted, connected() {}, applied() {}, refused() {}, gone() {} }
    const run = source(capture.port, options, { ...sourceContext, power: { reader: () => desk } })
    await until('it reads', () => run.statesOf('dock-1').at(-1) === 'up')
    reader.input(1, true)
    expect(reader.see(sightings(203))).toHaveLength(203)
    reader.input(1, false)
    wanted = new Map([[2, 20.25]])
    await until('it has another power', () => reader.counters.roSpecsAdded === 2)
    await new Promise((resolve) => setTimeout(resolve, 500)) // some keep-alives
    await run.stop()
    await capture.stop()
    const { messages, complaints } = await llrpIn(file, reader.port)
    const typesOf = (toServer: boolean) =>
      [...new Set(messages.filter((one) => one.toServer === toServer).map(({ type }) => type))].sort((a, b) => a - b)
    expect(typesOf(true)).toEqual([...sent].sort((a, b) => a - b))
    expect(typesOf(false)).toEqual([...answered].sort((a, b) => a - b))
    expect(complaints).toEqual([])
  })
}

test('Wireshark does find what is wrong: a length that lies', async () => {
  await openReader()
  const file = join(directory, 'wire.pcap')
  const capture = await captureTo(file, reader.port)
  const run = source(capture.port)
  await until('it reads', () => run.statesOf('dock-1').at(-1) === 'up')
  reader.misbehave({ wrongCheckShare: 1 })
  reader.see(sightings(20))
  await until('it is out of step', () => run.statesOf('dock-1').includes('down'))
  await run.stop()
  await capture.stop()
  expect((await llrpIn(file, reader.port)).complaints).not.toEqual([])
})

interface OtherReport {
  readonly type: string
  readonly data: { readonly TagReportData?: OtherTag | readonly OtherTag[] }
}
interface OtherTag {
  readonly EPC_96?: { readonly EPC: string }
  readonly EPCData?: { readonly EPC: string }
  readonly AntennaID: { readonly AntennaID: number }
  readonly PeakRSSI: { readonly PeakRSSI: number }
  readonly LastSeenTimestampUTC: { readonly Microseconds: string }
  readonly TagSeenCount: { readonly TagCount: number }
  readonly Custom?: { readonly ParameterSubtype: number; readonly Data: string }
}
// Its types are its sources, which do not pass our checks.
const { LLRPMessage } = createRequire(import.meta.url)('llrpjs') as {
  LLRPMessage: new (bytes: Buffer) => { decode(): { toLLRPData(): OtherReport } }
}

/** What llrpjs reads in a report, in our words. It takes all that follows a custom's header for its data. */
function readByOther(frame: Uint8Array) {
  const { type, data } = new LLRPMessage(Buffer.from(frame)).decode().toLLRPData()
  expect(type).toBe('RO_ACCESS_REPORT')
  return [data.TagReportData ?? []].flat().map((tag) => ({
    at: Math.trunc(Date.parse(tag.LastSeenTimestampUTC.Microseconds)),
    antenna: tag.AntennaID.AntennaID,
    epc: (tag.EPC_96 ?? tag.EPCData)?.EPC.toUpperCase(),
    rssiDbm: tag.PeakRSSI.PeakRSSI,
    count: tag.TagSeenCount.TagCount,
    phase: tag.Custom?.ParameterSubtype === 56 ? Number.parseInt(tag.Custom.Data.slice(0, 4), 16) : undefined,
  }))
}

function readByUs(frame: Uint8Array) {
  const decoded = protocols.llrp.decode(frame, { device: 'dock-1', at: 0 })
  if (!decoded.ok) throw new Error(decoded.reason)
  return decoded.value.filter((one) => one.type === 'tag')
}

// With customs in it llrpjs reads the first tag of a report, so each has one.
for (const [name, isImpinj, reportEveryTags] of [
  ['an Impinj', true, 1],
  ['another reader', false, 7],
] as const) {
  test(`llrpjs reads in the reports of ${name} what we read, and what was seen`, async () => {
    await openReader({ isImpinj })
    const run = source(reader.port, { reportEveryTags })
    await until('it reads', () => run.statesOf('dock-1').at(-1) === 'up')
    const seen = sightings(500)
    reader.see(seen)
    const reads = () => run.deliveries.flatMap(({ bytes }) => readByUs(bytes))
    await until('all have come', () => reads().length === seen.length)
    await run.stop()
    for (const { bytes } of run.deliveries) {
      const ours = readByUs(bytes).map(({ at, antenna, epc, rssiDbm = 0, count, phaseRadians }) => ({
        at,
        antenna,
        epc,
        rssiDbm: Math.round(rssiDbm),
        count,
        phase: phaseRadians && Math.round((phaseRadians / 2 / Math.PI) * 4096),
      }))
      expect(readByOther(bytes)).toEqual(ours)
    }
    for (const [i, { at, epc, antenna, rssiDbm }] of reads().entries()) {
      const signal = isImpinj ? seen[i]?.rssiDbm : Math.round(seen[i]?.rssiDbm ?? 0)
      expect({ at, epc, antenna, rssiDbm }).toEqual({ ...seen[i], rssiDbm: signal })
    }
  })
}

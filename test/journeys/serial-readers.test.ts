import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CleanOptions } from '../../edge/clean/options.ts'
import { commandsOf } from '../../edge/decoders/catalogue.ts'
import { runLine } from '../../edge/line.ts'
import { SourceOptions, sourceFrom } from '../../edge/sources/catalogue.ts'
import { emptyTally } from '../../edge/tally.ts'
import { isKind } from '../../shared/record.ts'
import { openA0 } from '../../simulators/devices/a0.ts'
import type { Sighting } from '../../simulators/devices/device.ts'
import type { SerialReader } from '../../simulators/devices/serial-reader.ts'
import { openThingMagic } from '../../simulators/devices/thingmagic.ts'
import { openTsl } from '../../simulators/devices/tsl.ts'
import { openUhfPrime } from '../../simulators/devices/uhf-prime.ts'
import { openUhfReader18 } from '../../simulators/devices/uhfreader18.ts'
import { seededRandom } from '../../simulators/world/chance.ts'
import { allowedMs } from '../support/allowed.ts'
import { quietLog, steadyClock } from '../support/edge.ts'
import { memorySpool } from '../support/memory-spool.ts'
import { until } from '../support/until.ts'

// Readers written from their manuals, and the gateway's own framing, decoders and commands, meet on real pseudo terminals.

interface Device {
  readonly protocol: string
  readonly open: typeof openA0
  readonly settings: object
  /** What it was told before it read, in hex, without the inventory itself. */
  readonly told: readonly string[]
  /** Ports that it can tell. */
  readonly antennas: readonly number[]
}

const devices: readonly Device[] = [
  {
    protocol: 'uhfreader18',
    open: openUhfReader18,
    settings: { powerDbm: 26, region: 'etsi', antennas: [1, 3] },
    told: ['06FF224E0037A4', '05FF2F1AA5B4'],
    antennas: [1, 3],
  },
  {
    protocol: 'uhf-prime',
    open: openUhfPrime,
    settings: { powerDbm: 26 },
    told: ['CFFF000200E761', 'CFFF0053021A00FBC8'],
    antennas: [1, 3],
  },
  {
    protocol: 'thingmagic',
    open: openThingMagic,
    settings: { powerDbm: 27, region: 'china' },
    told: ['FF032F0000025E86', 'FF0197064BBB', 'FF02930005517D', 'FF039102010142C5', 'FF02920A8C4BD5'],
    antennas: [1, 3],
  },
  {
    protocol: 'a0',
    open: openA0,
    settings: { powerDbm: 30, region: 'etsi', antennas: [1, 8] },
    told: ['A006FF78020006DB', 'A004FF661ED9'],
    antennas: [1, 8],
  },
  { protocol: 'tsl', open: openTsl, settings: { powerDbm: 25 }, told: [], antennas: [1] },
]

const epcs = Array.from(
  { length: 40 },
  (_, i) => `303644334000004000${(0xf4241 + i).toString(16).toUpperCase().padStart(6, '0')}`,
)
const sightingOf = (device: Device, i: number): Sighting => ({
  at: 0,
  antenna: device.antennas[i % device.antennas.length] ?? 1,
  epc: epcs[i % epcs.length] ?? '',
  rssiDbm: -50 - (i % 20),
})

/** The reader on its line, and a gateway that serves it. */
async function meet(device: Device, options: object = {}) {
  const directory = await mkdtemp(join(tmpdir(), `${device.protocol}-`))
  const path = join(directory, 'reader')
  const reader: SerialReader = await device.open({ id: 'door', path, random: seededRandom(7) })
  const stop = new AbortController()
  const spool = memorySpool()
  const tally = emptyTally()
  const clock = steadyClock()
  const context = { clock, random: seededRandom(1), commandsOf }
  const source = SourceOptions.parse({
    type: 'serial',
    id: 'door',
    path,
    protocol: device.protocol,
    ...device.settings,
    ...options,
  })
  const ended = runLine(
    {
      gateway: 'gw',
      sources: [await sourceFrom(source, context)],
      clean: CleanOptions.parse({ windowMs: 500 }),
      spool,
      clock,
      random: context.random,
      log: quietLog(),
      tally,
    },
    stop.signal,
  )
  onTestFinished(async () => {
    stop.abort()
    await ended
    await reader.close()
    await rm(directory, { recursive: true })
  })
  let made = 0
  return {
    reader,
    tally: () => tally.devices.get('door'),
    tags: () => tally.devices.get('door')?.tagReads ?? 0,
    states: () =>
      spool.records.flatMap((record) => (isKind(record, 'device') && record.device === 'door' ? [record.state] : [])),
    places: () => new Set(spool.records.flatMap((record) => (isKind(record, 'observation') ? [record.readPoint] : []))),
    /** Shows it so many tags, and answers how many it told unharmed. */
    async show(count: number): Promise<number> {
      let told = 0
      for (let shown = 0; shown < count; ) {
        const sightings = Array.from({ length: 4 }, (_, i) => sightingOf(device, made + i))
        const sent = reader.see(sightings).length
        // Between two rounds it sees nothing.
        if (sent > 0 || shown > 0) shown += 4
        told += sent
        made += 4
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return told
    },
    async stop() {
      stop.abort()
      await ended
    },
  }
}

// Printed lines have no check value: noise on them is read as part of the line, and lost with it.
const checked = devices.filter(({ protocol }) => protocol !== 'tsl')

describe.each(devices)('$protocol', (device) => {
  test('is set up, told to read, and everything that it tells arrives', async () => {
    const { reader, tags, show, states, places, stop, tally } = await meet(device)
    await until('it reads', () => reader.obeyed().length > device.told.length && states().includes('up'))
    expect(reader.obeyed().slice(0, device.told.length)).toEqual(device.told)
    const told = await show(200)
    expect(told).toBeGreaterThan(40)
    await until('every tag has arrived', () => tags() === told)
    expect(Object.values(tally()?.refused ?? {}).reduce((sum, count) => sum + count, 0)).toBe(0)
    await stop()
    expect(places()).toEqual(new Set(device.antennas.map((port) => `door.${port}`)))
    await until('it was stopped', () => reader.see([sightingOf(device, 0)]).length === 0)
  })

  test('gone silent, it shows as silent; back again, it is read', async () => {
    const { reader, states, tags, show } = await meet(device, { silentAfterMs: 800 })
    await until('it is up', () => states().at(-1) === 'up')
    reader.misbehave({ silent: true })
    await until('it is silent', () => states().at(-1) === 'silent')
    reader.misbehave({ silent: false })
    await until('it is up again', () => states().at(-1) === 'up')
    const before = tags()
    const told = await show(8)
    await until('its tags arrive', () => tags() >= before + told && told > 0)
    expect(states()).not.toContain('down')
  })

  test('unplugged and plugged in again, it is set up anew and read within 10 s', async () => {
    const { reader, states, tags, show } = await meet(device)
    await until('it is up', () => states().at(-1) === 'up')
    await reader.unplug()
    await until('it is down', () => states().at(-1) === 'down')
    await reader.plug()
    const back = performance.now()
    const before = tags()
    await show(4)
    await until('its tags arrive', () => tags() > before)
    expect(performance.now() - back).toBeLessThan(allowedMs(10_000))
    expect(reader.obeyed().slice(0, device.told.length)).toEqual(device.told)
  })
})

describe.each(checked)('$protocol on a bad line', (device) => {
  test('noise, pieces and wrong check values cost no good frame, and are counted', async () => {
    const { reader, tags, show, tally } = await meet(device)
    await until('it reads', () => reader.see([sightingOf(device, 0)]).length === 1)
    reader.misbehave({ noiseShare: 0.2, splitFrames: true, wrongCheckShare: 0.2 })
    const told = 1 + (await show(200))
    reader.misbehave({ noiseShare: 0, splitFrames: false, wrongCheckShare: 0 })
    // What noise hides shows when enough has come behind it.
    let more = 0
    await until('every good tag has arrived', async () => {
      more += await show(8)
      return tags() >= told + more
    })
    const refused = Object.values(tally()?.refused ?? {}).reduce((sum, count) => sum + count, 0)
    expect(refused).toBeGreaterThan(10)
  })
})

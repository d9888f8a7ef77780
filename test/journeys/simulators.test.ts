import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import modbus from 'modbus-serial'
import mqtt from 'mqtt'
import { SerialPort } from 'serialport'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../../shared/clock.ts'
import type { Sighting } from '../../simulators/devices/device.ts'
import { openR700 } from '../../simulators/devices/impinj-r700.ts'
import { openTagPrinter } from '../../simulators/devices/tag-printer.ts'
import { openXyMd02Line } from '../../simulators/devices/xy-md02.ts'
import { openYrm100 } from '../../simulators/devices/yrm100.ts'
import { openZigbee2Mqtt } from '../../simulators/devices/zigbee2mqtt.ts'
import { startSimulation } from '../../simulators/main.ts'
import { seededRandom } from '../../simulators/world/chance.ts'
import { planWarehouse } from '../../simulators/world/plan.ts'
import { warehouseSizes } from '../../simulators/world/size.ts'
import { freePort } from '../support/ports.ts'
import { track } from '../support/processes.ts'
import { type SiteBroker, startSiteBroker } from '../support/site-broker.ts'
import { until } from '../support/until.ts'

// Every device is heard here by a few lines of this file's own, over a real pseudo terminal or a real mosquitto.

let directory: string
let broker: SiteBroker
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'simulators-'))
  broker = await startSiteBroker(directory, await freePort())
})
afterAll(async () => {
  await broker.stop()
  await rm(directory, { recursive: true, force: true })
})

const clock: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
const tag: Sighting = { at: 1_700_000_000_123, antenna: 1, epc: '3036443340000040000F4241', rssiDbm: -55 }

describe('serial readers', () => {
  test('YRM100: reads only while it is told to, and answers its commands', async () => {
    const path = join(directory, 'yrm100')
    const reader = await openYrm100({ id: 'gate-4', path, random: seededRandom(1) })
    onTestFinished(() => reader.close())
    const host = await listen(path)

    expect(reader.see([tag])).toEqual([])
    host.send('BB 00 03 00 01 00 04 7E')
    await until('the module names itself', () => host.hex().includes('BB01030010004D313030203236'))
    host.send('BB 00 22 00 00 22 7E')
    const notice = 'BB0222001130003036443340000040000F4241'
    await until('the single poll is answered', () => host.hex().includes(notice.replace('001130', '0011C930')))
    host.send('BB 00 99 00 00 99 7E')
    await until('an unknown command is refused', () => host.hex().endsWith('BB01FF000117187E'))

    host.forget()
    host.send('BB 00 27 00 03 22 FF FF 4A 7E')
    await until('the inventory runs', () => reader.see([tag]).length === 1)
    await until('the tag is told', () => yrm100Tags(host.bytes()).at(-1)?.epc === tag.epc)
    expect(yrm100Tags(host.bytes()).at(-1)?.rssiDbm).toBe(-55)
    await until('a quiet field is told as well', () => host.hex().endsWith('BB01FF000115167E'))

    host.send('BB 00 28 00 00 28 7E')
    await until('the inventory stops', () => host.hex().endsWith('BB01280001002A7E'))
    expect(reader.see([tag])).toEqual([])
  })

  test('YRM100: unplugged, its path is gone; plugged in again, it waits for a new start', async () => {
    const path = join(directory, 'unplugged')
    const reader = await openYrm100({ id: 'gate-4', path, random: seededRandom(1) })
    onTestFinished(() => reader.close())
    const before = await listen(path)
    before.send('BB 00 27 00 03 22 FF FF 4A 7E')
    await until('it reads', () => reader.see([tag]).length === 1)

    await reader.unplug()
    await reader.unplug()
    expect(existsSync(path)).toBe(false)
    expect(reader.see([tag])).toEqual([])
    await until('the host sees the line die', () => {
      // Often there is no event before the next write (node-serialport #2043); a busy machine shows it.
      if (!before.isClosed()) before.send('BB 00 28 00 00 28 7E')
      return before.isClosed()
    })

    await reader.plug()
    const after = await listen(path)
    expect(reader.see([tag])).toEqual([])
    after.send('BB 00 27 00 03 22 FF FF 4A 7E')
    await until('it reads again', () => reader.see([tag]).length === 1)
    await until('the host hears it', () => yrm100Tags(after.bytes()).length === 1)
  })

  test('YRM100: noise, pieces and wrong checksums, and the good frames are counted right', async () => {
    const path = join(directory, 'noisy')
    const reader = await openYrm100({ id: 'gate-4', path, random: seededRandom(5) })
    onTestFinished(() => reader.close())
    const host = await listen(path)
    host.send('BB 00 27 00 03 22 FF FF 4A 7E')
    await until('it reads', () => reader.see([tag]).length === 1)
    reader.misbehave({ noiseShare: 0.3, splitFrames: true, wrongCheckShare: 0.2 })
    let whole = 1
    for (let time = 0; time < 200; time += 1) whole += reader.see([tag]).length
    expect(whole).toBeGreaterThan(120)
    expect(whole).toBeLessThan(200)
    await until('all are told', () => yrm100Tags(host.bytes()).length === whole)
    reader.misbehave({ silent: true })
    expect(reader.see([tag])).toEqual([])
  })

  test('a reader that prints lines', async () => {
    const path = join(directory, 'printer')
    const reader = await openTagPrinter({ id: 'desk-1', path, random: seededRandom(1) })
    onTestFinished(() => reader.close())
    const host = await listen(path)
    expect(reader.see([tag, { ...tag, rssiDbm: -61.5 }])).toHaveLength(2)
    const expected = `EP: ${tag.epc} RI: -55\r\nEP: ${tag.epc} RI: -61\r\n`
    await until('both lines are there', () => host.bytes().toString('ascii') === expected)
  })
})

describe('XY-MD02 on Modbus RTU', () => {
  test('three slaves on one line, asked by a real master', async () => {
    const path = join(directory, 'modbus')
    const told: { address: number; values: object }[] = []
    const line = await openXyMd02Line({
      id: 'modbus-1',
      path,
      random: seededRandom(1),
      addresses: [1, 2, 3],
      airAt: (address) => ({ temperatureCelsius: address === 2 ? -20.5 : 30.5, humidityPercentRh: 54.6 }),
      answered: (address, values) => told.push({ address, values }),
    })
    onTestFinished(() => line.close())
    const master = new modbus.default()
    await master.connectRTUBuffered(path, { baudRate: 9600 })
    onTestFinished(() => new Promise((resolve) => void master.close(resolve)))
    master.setTimeout(2_000)
    const slave = (address: number) => {
      master.setID(address)
      return master
    }

    expect((await slave(1).readInputRegisters(1, 2)).data).toEqual([305, 546])
    expect((await slave(2).readInputRegisters(1, 2)).data).toEqual([0xff33, 546])
    expect(told).toEqual([
      { address: 1, values: { temperature: 30.5, humidity: 54.6 } },
      { address: 2, values: { temperature: -20.5, humidity: 54.6 } },
    ])
    expect((await slave(3).readHoldingRegisters(0x0101, 4)).data).toEqual([3, 0, 0, 0])
    await slave(3).writeRegister(0x0103, 0x10000 - 15)
    expect((await slave(3).readInputRegisters(1, 1)).data).toEqual([290])
    await slave(3).writeRegister(0x0101, 9)
    expect((await slave(9).readHoldingRegisters(0x0101, 1)).data).toEqual([9])

    await expect(slave(1).readInputRegisters(7, 1)).rejects.toMatchObject({ modbusCode: 2 })
    await expect(slave(1).writeRegister(0x0102, 7)).rejects.toMatchObject({ modbusCode: 3 })
    await expect(slave(1).readCoils(0, 1)).rejects.toMatchObject({ modbusCode: 1 })
    await expect(slave(77).readInputRegisters(1, 2)).rejects.toThrow(/timed out/i)

    line.silence(2, true)
    await expect(slave(2).readInputRegisters(1, 2)).rejects.toThrow(/timed out/i)
    expect((await slave(1).readInputRegisters(1, 2)).data).toEqual([305, 546])
    line.misbehave({ wrongCheckShare: 1 })
    const before = told.length
    await expect(slave(1).readInputRegisters(1, 2)).rejects.toThrow()
    expect(told).toHaveLength(before)
  })
})

describe('over MQTT', () => {
  test('an R700 tells one event as an object, several as an array, at its own topic', async () => {
    const messages = await subscribe('impinj-north/rack-n01/tags')
    const reader = await openR700({
      id: 'rack-n01',
      url: broker.url,
      topic: 'impinj-north/rack-n01/tags',
      random: seededRandom(1),
      statusEveryMs: 60_000,
      now: clock.now,
    })
    onTestFinished(() => reader.close())
    await until('it says that it runs', () => messages.length === 1)
    expect(messages[0]?.json).toMatchObject({ eventType: 'inventoryStatus', hostname: 'rack-n01' })

    reader.see([tag])
    reader.see([tag, { ...tag, antenna: 7, rssiDbm: -61.5 }])
    await until('both messages are there', () => messages.length === 3)
    expect(messages[1]?.json).toMatchObject({
      timestamp: '2023-11-14T22:13:20.123Z',
      hostname: 'rack-n01',
      eventType: 'tagInventory',
      tagInventoryEvent: { epcHex: tag.epc, epc: 'MDZEM0AAAEAAD0JB', antennaPort: 1, peakRssiCdbm: -5500 },
    })
    expect(messages[2]?.json).toMatchObject([
      { tagInventoryEvent: { antennaPort: 1 } },
      { tagInventoryEvent: { antennaPort: 7, peakRssiCdbm: -6150 } },
    ])

    reader.misbehave({ clockOffsetMs: -86_400_000, repeats: 2 })
    reader.see([tag])
    await until('it floods with yesterday', () => messages.length === 5)
    expect(messages[4]?.json).toMatchObject({ timestamp: '2023-11-13T22:13:20.123Z' })
    await reader.unplug()
    expect(reader.see([tag])).toEqual([])
    await reader.plug()
    await until('it is back', () => reader.see([tag]).length === 1)
  })

  test('an R700 whose broker is away reports nothing, keeps nothing, and finds it when it comes', async () => {
    const port = await freePort()
    const reader = await openR700({
      id: 'gate-1',
      url: `mqtt://127.0.0.1:${port}`,
      topic: 'impinj-north/gate-1/tags',
      random: seededRandom(1),
      statusEveryMs: 60_000,
      now: clock.now,
    })
    onTestFinished(() => reader.close())
    expect(reader.see([tag])).toEqual([])
    const late = await startSiteBroker(directory, port)
    onTestFinished(() => late.stop())
    await until('it reports', () => reader.see([tag]).length === 1)
    await late.stop()
    await until('it notices', () => reader.see([tag]).length === 0)
  })

  test('a Zigbee2MQTT bridge tells the state of its sensors, and goes silent for one of them', async () => {
    const messages = await subscribe('zigbee2mqtt-north/+')
    const bridge = await openZigbee2Mqtt({
      id: 'zigbee-north',
      url: broker.url,
      baseTopic: 'zigbee2mqtt-north',
      random: seededRandom(1),
    })
    onTestFinished(() => bridge.close())
    const air = { at: 1_700_000_000_123, temperatureCelsius: 21.4321, humidityPercentRh: 41.2 }
    bridge.silence('dock-1-t1', true)
    expect(bridge.say('dock-1-t1', air)).toBeUndefined()
    expect(bridge.say('hall-north-t1', air)).toMatchObject({ temperature: 21.43, humidity: 41.2, battery: 87 })
    await until('the message is there', () => messages.length === 1)
    expect(messages[0]).toMatchObject({
      topic: 'zigbee2mqtt-north/hall-north-t1',
      json: { temperature: 21.43, humidity: 41.2, battery: 87, voltage: 2950, last_seen: '2023-11-14T22:13:20.123Z' },
    })
  })
})

describe('the whole warehouse', () => {
  test('what was received is what the truth says, and the stories happen', async () => {
    const tagMessages = await subscribe('impinj-north/+/tags')
    const climate = await subscribe('zigbee2mqtt-north/+')
    const plan = planWarehouse({
      site: 'pier-9',
      name: 'Pier 9',
      timeZone: 'Europe/Amsterdam',
      seed: 8,
      size: { ...warehouseSizes.small, expectedItems: 150 },
    })
    const cut: string[] = []
    const said: string[] = []
    const simulation = await startSimulation(
      {
        plan,
        brokerUrl: () => broker.url,
        ptyDirectory: join(directory, 'ptys'),
        clock,
        log: (sentence) => said.push(sentence),
        settings: { readsPerSecond: 200, sensorEveryMs: 500 },
        cutLink: (gateway, isCut) => {
          cut.push(`${gateway} ${isCut ? 'cut' : 'mended'}`)
        },
      },
      new AbortController().signal,
    )
    onTestFinished(() => simulation.stop())
    const master = new modbus.default()
    await master.connectRTUBuffered(join(directory, 'ptys', 'tty-modbus-north'), { baudRate: 9600 })
    master.setTimeout(10_000)
    const coldCelsius = async () => {
      master.setID(1)
      return ((await master.readInputRegisters(1, 2)).data[0] ?? 0) / 10
    }
    let polls = 1
    const usualCelsius = await coldCelsius()
    expect(usualCelsius).toBeLessThan(6)

    await until('the whole site was seen', () => new Set(tagEvents(tagMessages).map(({ epc }) => epc)).size >= 95)
    await simulation.stories['inbound-truck']()
    await simulation.stories['cold-room-failure']()
    await simulation.stories['misplaced-pallet']()
    await simulation.stories['link-cut']()
    await simulation.stories['link-cut']()
    expect(cut).toEqual(['gw-north cut', 'gw-north mended'])
    await until('goods come through the gate', () => tagEvents(tagMessages).some(({ device }) => device === 'gate-1'))
    await until('the cold room warms up', async () => {
      polls += 1
      return (await coldCelsius()) > usualCelsius + 1
    })
    await new Promise((resolve) => void master.close(resolve))

    await simulation.stories['gate-goes-silent']()
    expect(said.at(-1)).toContain('The reader of gate-1 goes silent.')
    await simulation.stories['inbound-truck']()
    const { truth } = simulation
    await until('the silent gate leaves reads unsent', () => truth.counters.readsUnsent > 0)
    await simulation.stop()
    await simulation.stop()

    const { readsSent, measurementsSent } = truth.counters
    await until('all reads are there', () => tagEvents(tagMessages).length === readsSent)
    await until('all measurements are there', () => climate.length + polls === measurementsSent)
    const sent = truth.entries().flatMap((entry) => (entry.kind === 'read' && entry.sent ? [entry] : []))
    const key = (read: { device: string; antenna: number; epc: string; at: number }) =>
      `${read.device}.${read.antenna} ${read.epc} ${read.at}`
    expect(tagEvents(tagMessages).map(key).sort()).toEqual(sent.map(key).sort())
    expect(existsSync(join(directory, 'ptys', 'tty-modbus-north'))).toBe(false)
  })

  test('no terminal is left behind when the process is killed', async () => {
    const ptys = join(directory, 'killed')
    const child = track(
      spawn(
        process.execPath,
        [
          '--disable-warning=ExperimentalWarning',
          '--input-type=module',
          '-e',
          `import { planSimulation, startSimulation } from '${new URL('../../simulators/main.ts', import.meta.url).href}'
           await startSimulation({
             plan: planSimulation({ size: 'small' }), brokerUrl: () => '${broker.url}', ptyDirectory: '${ptys}',
             clock: { now: () => Date.now(), monotonicMs: () => performance.now() }, log: (text) => console.log(text),
           }, new AbortController().signal)`,
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      ),
    )
    const path = join(ptys, 'tty-modbus-north')
    await until('it runs', () => child.output().includes('48 slots') && existsSync(path))
    await child.kill()
    await until('socat went with it', () => !existsSync(path))
  })
})

/** A host at the other end of a serial line. */
async function listen(path: string) {
  const port = new SerialPort({ path, baudRate: 115_200, autoOpen: false })
  await new Promise<void>((resolve, reject) => port.open((error) => (error === null ? resolve() : reject(error))))
  onTestFinished(() => new Promise<void>((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve())))
  let received = Buffer.alloc(0)
  port.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes])
  })
  port.on('error', () => {})
  return {
    send: (hex: string) => port.write(Buffer.from(hex.replaceAll(' ', ''), 'hex')),
    bytes: () => received,
    hex: () => received.toString('hex').toUpperCase(),
    forget: () => {
      received = Buffer.alloc(0)
    },
    isClosed: () => !port.isOpen,
  }
}

/** Tag notices of 96-bit EPCs with a right checksum, wherever they begin. */
function yrm100Tags(bytes: Buffer): { epc: string; rssiDbm: number }[] {
  const tags: { epc: string; rssiDbm: number }[] = []
  for (
    let start = bytes.indexOf('bb02220011', 0, 'hex');
    start >= 0;
    start = bytes.indexOf('bb02220011', start + 1, 'hex')
  ) {
    const frame = bytes.subarray(start, start + 24)
    let sum = 0
    for (const byte of frame.subarray(1, 22)) sum += byte
    if (frame.length < 24 || frame[22] !== sum % 256 || frame[23] !== 0x7e) continue
    tags.push({ rssiDbm: frame.readInt8(5), epc: frame.subarray(8, 20).toString('hex').toUpperCase() })
  }
  return tags
}

async function subscribe(filter: string) {
  const messages: { topic: string; json: unknown }[] = []
  const client = await mqtt.connectAsync(broker.url)
  onTestFinished(() => client.endAsync())
  client.on('message', (topic, payload) => messages.push({ topic, json: JSON.parse(payload.toString()) as unknown }))
  await client.subscribeAsync(filter, { qos: 1 })
  return messages
}

interface TagEvent {
  readonly timestamp: string
  readonly hostname: string
  readonly tagInventoryEvent?: { readonly epcHex: string; readonly antennaPort: number }
}

function tagEvents(messages: readonly { json: unknown }[]) {
  return messages
    .flatMap(({ json }) => (Array.isArray(json) ? json : [json]) as TagEvent[])
    .flatMap(({ timestamp, hostname, tagInventoryEvent: event }) =>
      event === undefined
        ? []
        : [{ at: Date.parse(timestamp), device: hostname, antenna: event.antennaPort, epc: event.epcHex }],
    )
}

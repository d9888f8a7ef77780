import { execFile, spawn } from 'node:child_process'
import { lstat, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openModbus } from '../../edge/sources/modbus/open.ts'
import { type ModbusOptions, ModbusRtuOptions, ModbusTcpOptions } from '../../edge/sources/modbus/options.ts'
import { openXyMd02Line } from '../../simulators/devices/xy-md02.ts'
import { seededRandom } from '../../simulators/world/chance.ts'
import { freePort } from '../support/ports.ts'
import { type Running, track } from '../support/processes.ts'
import { runSource, sourceContext } from '../support/source-run.ts'
import { until } from '../support/until.ts'

// Our master against a slave that others wrote (pymodbus), and our simulated slave against a master that others wrote
// (mbpoll, on libmodbus).

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'modbus-peers-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** Of the system's own Python: Debian's module is known to no other. */
function startSlave(kind: 'rtu' | 'tcp', place: string, slaves: object): Running {
  const script = new URL('../support/pymodbus-slave.py', import.meta.url).pathname
  const child = track(spawn('/usr/bin/python3', [script, kind, place, JSON.stringify({ slaves })], { stdio: 'ignore' }))
  onTestFinished(async () => void (await child.stop()))
  return child
}

/** Two ends of one line. */
async function openLine(): Promise<readonly [string, string]> {
  const ends = [join(directory, 'host'), join(directory, 'device')] as const
  const child = track(
    spawn(
      'socat',
      ends.map((path) => `PTY,raw,echo=0,link=${path}`),
      { stdio: 'ignore' },
    ),
  )
  onTestFinished(async () => void (await child.stop()))
  for (const path of ends) await until(`${path} is there`, () => lstat(path).then((link) => link.isSymbolicLink()))
  return ends
}

const climate = { input: { 1: 305, 2: 546 } }
const everyType = {
  input: { 10: 0xff33, 11: 0x41a4, 12: 0x0000 },
  holding: { 5: 0x0000, 6: 0x41a4, 20: 0x0001, 21: 0x86a0, 30: 0x7fff },
}
const slaves = [
  { address: 1, sensor: 'cold-1', model: 'xy-md02', everyMs: 200 },
  {
    address: 7,
    sensor: 'cold-7',
    everyMs: 200,
    registers: [
      { address: 10, quantity: 'temperature', scale: 0.1 },
      { address: 11, type: 'float32', quantity: 'humidity' },
      { table: 'holding', address: 5, type: 'float32', wordOrder: 'low-first', quantity: 'carbonDioxide' },
      { table: 'holding', address: 20, type: 'uint32', quantity: 'illuminance' },
      { table: 'holding', address: 30, quantity: 'pressure', unavailable: [0x7fff] },
    ],
  },
  { address: 9, sensor: 'dead', model: 'xy-md02', everyMs: 200 },
]

/** Values that a source brought, by sensor. */
function listen(options: ModbusOptions) {
  const { source, speakerOf } = openModbus(options, sourceContext)
  const run = runSource(source)
  onTestFinished(() => run.stop())
  return {
    run,
    valuesOf(sensor: string) {
      const last = run.deliveries.findLast(({ channel }) => channel === sensor)
      const decode = speakerOf(sensor)?.protocol
      if (last === undefined || typeof decode !== 'function') return undefined
      const read = decode(Buffer.from(last.hex, 'hex'), { device: sensor, at: 1 })
      return read.ok && read.value[0]?.type === 'sensor' ? read.value[0].values : undefined
    },
  }
}

async function expectValues({ run, valuesOf }: ReturnType<typeof listen>): Promise<void> {
  await until('both slaves are read', () => valuesOf('cold-1') !== undefined && valuesOf('cold-7') !== undefined)
  expect(valuesOf('cold-1')).toEqual({ temperature: 30.5, humidity: 54.6 })
  expect(valuesOf('cold-7')).toEqual({
    temperature: -20.5,
    humidity: 20.5,
    carbonDioxide: 20.5,
    illuminance: 100_000,
    pressure: null,
  })
  await until('the third is known to be dead', () => run.statesOf('dead').join() === 'down')
  const before = run.deliveries.length
  await until('the others go on', () => run.deliveries.length >= before + 6)
  expect([run.statesOf('cold-1').at(-1), run.statesOf('dead')]).toEqual(['up', ['down']])
}

describe('our master, pymodbus as the slaves', () => {
  test('on a serial line', async () => {
    const [host, device] = await openLine()
    startSlave('rtu', device, { 1: climate, 7: everyType })
    const options = { type: 'modbus-rtu', id: 'bus', path: host, timeoutMs: 1000, retryDeadAfterMs: 2000, slaves }
    await expectValues(listen(ModbusRtuOptions.parse(options)))
  })

  test('over TCP, which may be away, come, and come again', async () => {
    const port = await freePort()
    // Slave 9 costs each round its timeouts; a machine at its limit may keep the others waiting for long.
    const options = { type: 'modbus-tcp', id: 'tcp', host: '127.0.0.1', port, timeoutMs: 2000, slaves }
    const heard = listen(ModbusTcpOptions.parse(options))
    await until('it is away', () => heard.run.statesOf('cold-1').join() === 'down')
    const first = startSlave('tcp', String(port), { 1: climate, 7: everyType })
    await until('it is read', () => heard.run.statesOf('cold-1').at(-1) === 'up')
    await first.stop()
    await until('it is gone', () => heard.run.statesOf('cold-1').at(-1) === 'down')
    startSlave('tcp', String(port), { 1: { input: { 1: 0xff33, 2: 546 } } })
    await until('it is read again', () => heard.valuesOf('cold-1')?.temperature === -20.5)
    expect(heard.run.statesOf('cold-1')).toEqual(['down', 'up', 'down', 'up'])
  })
})

describe('our slaves, mbpoll as the master', () => {
  const poll = async (path: string, ...more: readonly string[]) => {
    const { stdout } = await promisify(execFile)('mbpoll', [
      '-m',
      'rtu',
      '-b',
      '9600',
      '-P',
      'none',
      '-0',
      '-1',
      '-o',
      '1',
      ...more,
      path,
    ])
    return stdout
  }

  test('reads and writes the registers of an XY-MD02', async () => {
    const path = join(directory, 'xy-md02')
    const line = await openXyMd02Line({
      id: 'bus',
      path,
      random: seededRandom(1),
      addresses: [1, 2],
      airAt: (address) => ({ temperatureCelsius: address === 2 ? -20.5 : 30.5, humidityPercentRh: 54.6 }),
      answered: () => {},
    })
    onTestFinished(() => line.close())
    const input = ['-t', '3', '-r', '1', '-c', '2']
    expect(await poll(path, '-a', '1', ...input)).toMatch(/\[1\]:\s+305\n\[2\]:\s+546\n/)
    expect(await poll(path, '-a', '2', ...input)).toMatch(/\[1\]:\s+65331 \(-205\)\n\[2\]:\s+546\n/)
    expect(await poll(path, '-a', '1', '-t', '4', '-r', '257', '-c', '1')).toMatch(/\[257\]:\s+1\n/)
    await expect(poll(path, '-a', '1', '-t', '3', '-r', '7', '-c', '1')).rejects.toMatchObject({
      stderr: expect.stringContaining('Illegal data address'),
    })
    await expect(poll(path, '-a', '77', ...input)).rejects.toMatchObject({
      stderr: expect.stringContaining('timed out'),
    })
  })
})

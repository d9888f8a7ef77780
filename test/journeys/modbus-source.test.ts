import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { openModbus } from '../../edge/sources/modbus/open.ts'
import { ModbusRtuOptions, ModbusTcpOptions } from '../../edge/sources/modbus/options.ts'
import { allowedMs } from '../support/allowed.ts'
import { bytesOf } from '../support/framing.ts'
import { answerAsSlaves, modbusCrc } from '../support/modbus-slave.ts'
import { type PtyDevice, plugIn } from '../support/pty.ts'
import { runSource, type SourceRun, sourceContext } from '../support/source-run.ts'
import { until } from '../support/until.ts'

let directory: string
let path: string
let bus: PtyDevice
let run: SourceRun | undefined
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'modbus-'))
  path = join(directory, 'bus')
  bus = await plugIn(path)
})
afterEach(async () => {
  await run?.stop()
  run = undefined
  await bus.unplug()
  await rm(directory, { recursive: true })
})

const slave = (address: number, sensor: string) => ({ address, sensor, model: 'xy-md02', everyMs: 100 })
function open(slaves: readonly object[], options: object = {}) {
  const parsed = ModbusRtuOptions.parse({ type: 'modbus-rtu', id: 'bus', path, timeoutMs: 600, slaves, ...options })
  run = runSource(openModbus(parsed, sourceContext).source)
}
/** XY-MD02 at 30.5 °C, 54.6 %. */
const climate = (register: number) => [undefined, 0x0131, 0x0222][register]
const from = (sensor: string) => (run?.deliveries ?? []).filter(({ channel }) => channel === sensor)

test('the slave of this test agrees with the worked frame of the manual', () => {
  expect(modbusCrc(bytesOf('01 04 00 01 00 02'))).toBe(0x0b20)
})

test('asks every slave in its rhythm; the answer holds the registers', async () => {
  answerAsSlaves(
    bus,
    new Map([
      [1, climate],
      [2, climate],
    ]),
  )
  open([slave(1, 'cold-1'), slave(2, 'cold-2')])
  await until('both have answered three times', () => from('cold-1').length >= 3 && from('cold-2').length >= 3)
  expect(from('cold-1')[0]?.hex).toBe('01310222')
  expect([run?.statesOf('cold-1'), run?.statesOf('cold-2')]).toEqual([['up'], ['up']])
})

test('a dead slave is asked twice and then left alone; the others hardly notice', async () => {
  const { asked } = answerAsSlaves(bus, new Map([[2, climate]]))
  open([slave(1, 'dead'), slave(2, 'alive')])
  await until('the living one has answered often', () => from('alive').length >= 15)
  expect(asked.filter((address) => address === 1)).toHaveLength(2)
  expect(run?.links).toContainEqual({ device: 'dead', state: 'down', reason: 'no answer within 600 ms' })
})

test('a dead slave is asked again later, and comes back', async () => {
  const slaves = new Map([[2, climate]])
  answerAsSlaves(bus, slaves)
  open([slave(1, 'dead'), slave(2, 'alive')], { retryDeadAfterMs: 1000 })
  await until('it is down', () => run?.statesOf('dead').join() === 'down')
  slaves.set(1, climate)
  await until('it is up', () => run?.statesOf('dead').join() === 'down,up')
})

test('a slave that answers with exceptions delays nobody, and is down after three', async () => {
  const { asked } = answerAsSlaves(
    bus,
    new Map([
      [1, () => undefined],
      [2, climate],
    ]),
  )
  open([slave(1, 'wrong'), slave(2, 'right')])
  await until('it is down', () => run?.statesOf('wrong').join() === 'down')
  await until('it is still asked', () => asked.filter((address) => address === 1).length >= 5)
  expect(from('right').length).toBeGreaterThanOrEqual(3)
})

test('noise on the bus is no value', async () => {
  bus.onHeard(() => bus.say(bytesOf('01 04 04 01 31 02 22 00 00')))
  open([slave(1, 'noisy')])
  await until('it is down', () => run?.statesOf('noisy').join() === 'down')
  expect(run?.deliveries).toEqual([])
})

test('a bus that is unplugged and plugged in again is read within 5 s', async () => {
  answerAsSlaves(bus, new Map([[1, climate]]))
  open([slave(1, 'cold-1')])
  await until('it is read', () => from('cold-1').length > 0)
  await bus.unplug()
  await until('the loss is told', () => run?.statesOf('cold-1').at(-1) === 'down')
  bus = await plugIn(path)
  answerAsSlaves(bus, new Map([[1, climate]]))
  const back = performance.now()
  await until('it is read again', () => run?.statesOf('cold-1').join() === 'up,down,up')
  expect(performance.now() - back).toBeLessThan(allowedMs(5_000))
})

test('over TCP, a connection that is reset in the middle of a question is made anew', async () => {
  let isWell = true
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (question) => {
      const [transaction, unit] = [question.subarray(0, 2), question.subarray(6, 7)]
      if (isWell) socket.write(Buffer.concat([transaction, bytesOf('00 00 00 07'), unit, bytesOf('04 04 01 31 02 22')]))
      else socket.resetAndDestroy()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const slaves = [slave(1, 'cold-1')]
  const options = { type: 'modbus-tcp', id: 'tcp', host: '127.0.0.1', port, timeoutMs: 600, slaves }
  run = runSource(openModbus(ModbusTcpOptions.parse(options), sourceContext).source)
  onTestFinished(() => void server.close())
  await until('it is read', () => from('cold-1').length > 0)
  isWell = false
  await until('the loss is told', () => run?.statesOf('cold-1').at(-1) === 'down')
  expect(run.links.at(-1)?.reason).toBe('connection closed')
  isWell = true
  await until('it is read again', () => run?.statesOf('cold-1').at(-1) === 'up')
  expect(from('cold-1').at(-1)?.hex).toBe('01310222')
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSerial } from '../../edge/sources/serial/open.ts'
import { SerialOptions } from '../../edge/sources/serial/options.ts'
import { allowedMs } from '../support/allowed.ts'
import { type PtyDevice, plugIn } from '../support/pty.ts'
import { runSource, type SourceRun, sourceContext } from '../support/source-run.ts'
import { until } from '../support/until.ts'

const startCommand = 'BB0027000322FFFF4A7E'
const stopCommand = 'BB00280000287E'

let directory: string
let path: string
let device: PtyDevice
let run: SourceRun
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'serial-'))
  path = join(directory, 'reader')
  device = await plugIn(path)
})
afterEach(async () => {
  await run.stop()
  await device.unplug()
  await rm(directory, { recursive: true })
})

function open(options: object, isValid?: () => boolean) {
  const parsed = SerialOptions.parse({ type: 'serial', id: 'door', path, protocol: 'yrm100', ...options })
  run = runSource(openSerial(parsed, sourceContext).source, isValid)
}
const received = () => run.deliveries.map(({ text }) => text).join('')
const commands = () => device.heard().toString('hex').toUpperCase()
/** A reader that does not answer is told again: the same command in a row counts once. */
const told = () => {
  const each = commands().match(new RegExp(`${startCommand}|${stopCommand}|.+`, 'g')) ?? []
  return each.filter((command, at) => command !== each[at - 1])
}

test('starts the inventory, hands over what the reader says, and is up only then', async () => {
  open({})
  await until('the inventory is started', () => told().join() === startCommand)
  expect(run.links).toEqual([])
  device.say('tags')
  await until('the bytes arrive', () => received() === 'tags')
  await until('the reader is up', () => run.links.length === 1)
  expect(run.links).toEqual([{ device: 'door', state: 'up' }])
})

test('only listens when told so', async () => {
  open({ active: false })
  await until('an open port is health enough', () => run.links.length === 1)
  device.say('x')
  await until('the byte arrives', () => received() === 'x')
  expect(commands()).toBe('')
})

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`unplugged (${signal}) and plugged in again: reads again within 5 s`, async () => {
    open({})
    await until('the inventory is started', () => told().join() === startCommand)
    device.say('before')
    await until('it reads', () => received() === 'before')
    await device.unplug(signal)
    await until('the loss is told', () => run.statesOf('door').at(-1) === 'down')

    if (signal === 'SIGKILL') await rm(path, { force: true })
    device = await plugIn(path)
    const back = performance.now()
    await until('the inventory is started again', () => told().join() === startCommand)
    device.say('after')
    await until('it reads again', () => received() === 'beforeafter')
    expect(performance.now() - back).toBeLessThan(allowedMs(5_000))
    await until('it is up', () => run.statesOf('door').join() === 'up,down,up')
  })
}

test('a port that leads elsewhere is opened anew', async () => {
  open({})
  await until('the inventory is started', () => told().join() === startCommand)
  device.say('before')
  await until('it reads', () => received() === 'before')
  const old = device
  await rm(path)
  device = await plugIn(path)
  await until('the change is told', () => run.links.at(-1)?.state === 'down')
  await until('the inventory is started there', () => told().join() === startCommand)
  device.say('after')
  await until('it reads from the new one', () => received() === 'beforeafter')
  await old.unplug('SIGKILL')
})

test('a reader that says nothing valid is silent, is asked again, and comes back', async () => {
  let valid = false
  open({ silentAfterMs: 500 }, () => valid)
  await until('the inventory is started', () => told().join() === startCommand)
  device.say('noise')
  await until('noise is not life', () => run.statesOf('door').join() === 'silent')
  await until('it is asked again', () => commands().startsWith(startCommand.repeat(2)))
  valid = true
  device.say('tags')
  // Soon after it has fallen silent again.
  await until('it is up', () => run.statesOf('door').join().startsWith('silent,up'))
})

test('a port that does not exist is looked for until it does', async () => {
  await device.unplug()
  open({})
  await until('the lack is told', () => run.statesOf('door').join() === 'down')
  device = await plugIn(path)
  await until('the inventory is started', () => told().join() === startCommand)
})

test('a line that is held back is not read on; nothing is lost meanwhile', async () => {
  open({ active: false })
  await until('the port is open', () => run.links.length === 1)
  const release = run.hold()
  const said = Array.from({ length: 200 }, (_, i) => `${i},`.padStart(16, '.')).join('')
  device.say(said.slice(0, 16))
  await until('the first arrives', () => run.deliveries.length === 1)
  device.say(said.slice(16))
  await new Promise((resolve) => setTimeout(resolve, 100)) // time in which more could have been read
  expect(run.deliveries.length).toBe(1)
  release()
  await until('all arrive', () => received() === said)
})

test('stops at once, and frees the port', async () => {
  open({})
  await until('the inventory is started', () => told().join() === startCommand)
  await run.stop()
  // A port that is opened throws away what nobody has read of it yet, and a busy machine reads late.
  await until('it was stopped', () => told().join() === [startCommand, stopCommand].join())
  open({})
  await until('it was started again', () => told().join() === [startCommand, stopCommand, startCommand].join())
})

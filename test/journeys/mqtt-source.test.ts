import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openMqtt } from '../../edge/sources/mqtt/open.ts'
import { MqttOptions } from '../../edge/sources/mqtt/options.ts'
import { freePort } from '../support/ports.ts'
import { type SiteBroker, startSiteBroker } from '../support/site-broker.ts'
import { runSource, type SourceRun, sourceContext } from '../support/source-run.ts'
import { until } from '../support/until.ts'

let directory: string
let broker: SiteBroker
let reader: MqttClient | undefined
let run: SourceRun | undefined
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mqtt-'))
  broker = await startSiteBroker(directory, await freePort())
})
afterEach(async () => {
  await run?.stop()
  await reader?.endAsync(true)
  await broker.stop()
  await rm(directory, { recursive: true })
  run = undefined
  reader = undefined
})

const subscriptions = [
  { topic: 'impinj/{device}/tags', protocol: 'impinj-r700' },
  { topic: 'zigbee2mqtt/{device}', protocol: 'zigbee2mqtt' },
]
function open(options: object = {}, isValid?: () => boolean) {
  const parsed = MqttOptions.parse({ type: 'mqtt', id: 'site', url: broker.url, subscriptions, ...options })
  const configured = openMqtt(parsed, sourceContext)
  run = runSource(configured.source, isValid)
  return { configured, run }
}
const isUp = (source: SourceRun) => until('the source is connected', () => source.statesOf('site').at(-1) === 'up')

test('hands over what matches, with the topic; the device is up when it speaks', async () => {
  const { configured, run } = open({ names: { '冷库 1': 'cold-1' } })
  await isUp(run)
  reader = await mqtt.connectAsync(broker.url)
  await reader.publishAsync('impinj/r700-1/tags', 'one', { qos: 1 })
  await reader.publishAsync('impinj/r700-1/other', 'not this', { qos: 1 })
  await reader.publishAsync('zigbee2mqtt/冷库 1', 'two', { qos: 0 })
  await until('both have come', () => run.deliveries.length === 2)
  expect(run.deliveries.map(({ text, channel }) => [text, configured.speakerOf(channel)])).toEqual([
    ['one', { device: 'r700-1', protocol: 'impinj-r700' }],
    ['two', { device: 'cold-1', protocol: 'zigbee2mqtt' }],
  ])
  expect(configured.speakerOf('zigbee2mqtt/no id!')).toBeUndefined()
  expect(configured.speakerOf('zigbee2mqtt/__proto__')).toBeUndefined()
  expect(run.links).toEqual(['site', 'r700-1', 'cold-1'].map((device) => ({ device, state: 'up' })))
})

test('a retained message comes marked, and is no sign of life', async () => {
  reader = await mqtt.connectAsync(broker.url)
  await reader.publishAsync('zigbee2mqtt/cold-1', 'old', { qos: 1, retain: true })
  const { run } = open()
  await until('it has come', () => run.deliveries.length === 1)
  expect(run.links).toEqual([{ device: 'site', state: 'up' }])
})

test('QoS 1 is acknowledged when it is durable: the broker sends no more than it may leave unacknowledged', async () => {
  const mayBeUnacknowledged = 20 // max_inflight_messages of Mosquitto
  const { run } = open({ clientId: 'gateway-1-site' })
  await isUp(run)
  reader = await mqtt.connectAsync(broker.url)
  const release = run.holdDurable()
  for (let i = 0; i < 50; i++) await reader.publishAsync('impinj/r/tags', `${i}`, { qos: 1 })
  await until('as many have come as may', () => run.deliveries.length === mayBeUnacknowledged)
  await new Promise((resolve) => setTimeout(resolve, 200)) // time in which more could have come
  expect(run.deliveries.length).toBe(mayBeUnacknowledged)
  release()
  await until('all have come', () => run.deliveries.length === 50)
  expect(run.deliveries.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`))
  // The broker took them all as acknowledged: it sends none of them again.
  await run.stop()
  const again = open({ clientId: 'gateway-1-site' }).run
  await isUp(again)
  await reader.publishAsync('impinj/r/tags', 'new', { qos: 1 })
  await until('the new one has come', () => again.deliveries.length > 0)
  expect(again.deliveries.map(({ text }) => text)).toEqual(['new'])
})

test('a message that the line has not taken yet holds the next one back', async () => {
  const { run } = open()
  await isUp(run)
  reader = await mqtt.connectAsync(broker.url)
  const release = run.hold()
  for (let i = 0; i < 50; i++) await reader.publishAsync('impinj/r/tags', `${i}`, { qos: 1 })
  await until('the first has come', () => run.deliveries.length === 1)
  await new Promise((resolve) => setTimeout(resolve, 200)) // time in which more could have come
  expect(run.deliveries.length).toBe(1)
  release()
  await until('all have come', () => run.deliveries.length === 50)
  expect(run.deliveries.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`))
})

test('held back for longer than the keep-alive, the connection stays, and what waits at the broker comes after', async () => {
  const { run } = open({ keepaliveSeconds: 1 })
  await isUp(run)
  reader = await mqtt.connectAsync(broker.url)
  const release = run.hold()
  for (let i = 0; i < 30; i++) await reader.publishAsync('impinj/r/tags', `${i}`, { qos: 1 })
  await until('the first has come', () => run.deliveries.length === 1)
  await new Promise((resolve) => setTimeout(resolve, 2500)) // 1.5 keep-alives and more
  release()
  await until('all have come', () => run.deliveries.length === 30)
  expect(run.statesOf('site')).toEqual(['up'])
})

test('with a name of its own, what was published while it was away is delivered afterwards', async () => {
  const name = { clientId: 'gateway-1-site' }
  let { run } = open(name)
  await isUp(run)
  await run.stop()
  reader = await mqtt.connectAsync(broker.url)
  for (const text of ['one', 'two']) await reader.publishAsync('impinj/r/tags', text, { qos: 1 })
  run = open(name).run
  await until('both have come', () => run.deliveries.length === 2)
  expect(run.deliveries.map(({ text }) => text)).toEqual(['one', 'two'])
})

test('a broker that dies and returns: devices are down meanwhile, then it goes on', async () => {
  const { run } = open()
  await isUp(run)
  reader = await mqtt.connectAsync(broker.url, { reconnectPeriod: 0 })
  await reader.publishAsync('impinj/r700-1/tags', 'before', { qos: 1 })
  await until('it has come', () => run.deliveries.length === 1)
  await broker.stop('SIGKILL')
  await until('all are down', () => run.statesOf('site').at(-1) === 'down' && run.statesOf('r700-1').at(-1) === 'down')
  broker = await startSiteBroker(directory, broker.port)
  await isUp(run)
  reader = await mqtt.connectAsync(broker.url)
  await reader.publishAsync('impinj/r700-1/tags', 'after', { qos: 1 })
  await until('it is heard again', () => run.statesOf('r700-1').join() === 'up,down,up')
  expect(run.deliveries.map(({ text }) => text)).toEqual(['before', 'after'])
})

test('a device that stops speaking is silent; the connection is not', async () => {
  const { run } = open({ silentAfterMs: 500 })
  await isUp(run)
  reader = await mqtt.connectAsync(broker.url)
  await reader.publishAsync('impinj/r700-1/tags', 'x', { qos: 1 })
  await until('it falls silent', () => run.statesOf('r700-1').join() === 'up,silent')
  expect(run.statesOf('site')).toEqual(['up'])
})

test('signs in with the password of a file; without it, it says so and goes on trying', async () => {
  await broker.stop()
  broker = await startSiteBroker(directory, await freePort(), { name: 'gateway', password: 'right' })
  const passwordFile = join(directory, 'password')
  await writeFile(passwordFile, 'wrong\n')
  const { run } = open({ username: 'gateway', passwordFile })
  await until('the refusal is told', () => run.statesOf('site').join() === 'down')
  expect(run.links[0]?.reason).toMatch(/not authori[sz]ed|bad user/i)
  await writeFile(passwordFile, 'right\n')
  await isUp(run)
})

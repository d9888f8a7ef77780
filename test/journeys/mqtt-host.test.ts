import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SourceOptions, sourceFrom } from '../../edge/sources/catalogue.ts'
import { temporaryDirectory } from '../support/journal.ts'
import { freePort } from '../support/ports.ts'
import { runSource, sourceContext } from '../support/source-run.ts'
import { until } from '../support/until.ts'

/** The gateway as broker: devices of the site publish to it. */

const secret = 'shelf and scanner'

async function host(more: object = {}) {
  const passwordFile = join(temporaryDirectory(), 'password')
  writeFileSync(passwordFile, `${secret}\n`)
  const port = await freePort()
  const { source } = await sourceFrom(
    SourceOptions.parse({
      type: 'mqtt-host',
      id: 'door',
      port,
      username: 'site',
      passwordFile,
      subscriptions: [{ topic: 'impinj/{device}/tags', protocol: 'impinj-r700' }],
      ...more,
    }),
    sourceContext,
  )
  const run = runSource(source)
  onTestFinished(() => run.stop())
  return { port, run }
}

async function device(port: number, more: object = {}): Promise<MqttClient> {
  const client = await connectAsync(
    `mqtt://127.0.0.1:${port}`,
    { username: 'site', password: secret, reconnectPeriod: 0, connectTimeout: 10_000, ...more },
    false,
  )
  client.on('error', () => undefined)
  onTestFinished(() => client.endAsync(true))
  return client
}

const listens = (run: ReturnType<typeof runSource>) => until('it listens', () => run.statesOf('door').includes('up'))

test('what devices publish is delivered with its topic, in order, and the device is up', async () => {
  const { port, run } = await host()
  await listens(run)
  const client = await device(port)
  const said = Array.from({ length: 50 }, (_, n) => `{"n":${n}}`)
  await Promise.all(said.map((text) => client.publishAsync('impinj/dock-1/tags', text, { qos: 1 })))
  expect(run.deliveries.map(({ text }) => text)).toEqual(said)
  expect(new Set(run.deliveries.map(({ channel }) => channel))).toEqual(new Set(['impinj/dock-1/tags']))
  expect(run.statesOf('dock-1')).toEqual(['up'])
})

test('a message is acknowledged when its records are durable, not before', async () => {
  const { port, run } = await host()
  await listens(run)
  const release = run.holdDurable()
  const client = await device(port)
  let acknowledged = false
  const publishing = client.publishAsync('impinj/dock-1/tags', '{}', { qos: 1 }).then(() => {
    acknowledged = true
  })
  await until('it is delivered', () => run.deliveries.length === 1)
  await client.publishAsync('impinj/dock-1/tags', '{"qos":0}', { qos: 0 })
  await until('the one without is delivered, too', () => run.deliveries.length === 2)
  expect(acknowledged).toBe(false)
  release()
  await publishing
})

test('a device that says nothing any more is silent; the door itself stays up', async () => {
  const { port, run } = await host({ silentAfterMs: 500 })
  await listens(run)
  const client = await device(port)
  await client.publishAsync('impinj/dock-1/tags', '{}', { qos: 1 })
  await until('it is missed', () => run.statesOf('dock-1').includes('silent'))
  expect([run.statesOf('dock-1'), run.statesOf('door')]).toEqual([['up', 'silent'], ['up']])
})

describe('nobody else', () => {
  test.each([
    ['with a wrong password', { password: 'guess' }],
    ['with no password', { password: undefined }],
    ['under another name', { username: 'admin' }],
    ['without any', { username: undefined, password: undefined }],
  ])('gets in %s', async (_name, credentials) => {
    const { port, run } = await host()
    await listens(run)
    await expect(device(port, credentials)).rejects.toThrow(/Bad username or password/)
  })

  test('hears anything: who subscribes gets nothing of what others publish', async () => {
    const { port, run } = await host()
    await listens(run)
    const listener = await device(port, { clientId: 'listener' })
    const heard: string[] = []
    listener.on('message', (topic) => heard.push(topic))
    await listener.subscribeAsync('#', { qos: 1 })
    const speaker = await device(port, { clientId: 'speaker' })
    await speaker.publishAsync('impinj/dock-1/tags', '{}', { qos: 1 })
    await speaker.publishAsync('impinj/dock-1/tags', '{}', { qos: 1, retain: true })
    await listener.subscribeAsync('impinj/#', { qos: 1 })
    await speaker.publishAsync('impinj/dock-1/tags', '{}', { qos: 1 })
    expect([heard, run.deliveries.length]).toEqual([[], 3])
  })

  test('fills its memory: a CONNECT of 200 MiB is closed at its first bytes', async () => {
    const { port, run } = await host()
    await listens(run)
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    socket.write(Buffer.from([0x10, 0x80, 0x80, 0x80, 0x64]))
    await closed
    expect((await device(port)).connected).toBe(true)
  })
})

test('a port that is taken is told, and used once it is free', async () => {
  const port = await freePort()
  const taken = createServer().listen(port, '127.0.0.1')
  await once(taken, 'listening')
  const { run } = await host({ port })
  await until('it is told', () =>
    run.links.some(({ state, reason }) => state === 'down' && /EADDRINUSE/.test(reason ?? '')),
  )
  await new Promise((resolve) => taken.close(resolve))
  await until('it listens', () => run.statesOf('door').includes('up'))
  expect((await device(port)).connected).toBe(true)
})

test('stopped: the port is free and nobody is left connected', async () => {
  const { port, run } = await host()
  await listens(run)
  const client = await device(port)
  await run.stop()
  await until('it is gone', () => !client.connected)
  const again = createServer().listen(port, '127.0.0.1')
  await once(again, 'listening')
  await new Promise((resolve) => again.close(resolve))
})

test.each([
  ['open to the network without a password', { host: '0.0.0.0' }, 'username'],
  ['a name without a password', { username: 'x' }, 'passwordFile'],
])('a mistake of configuration: %s', (_name, options, path) => {
  const parsed = SourceOptions.safeParse({
    type: 'mqtt-host',
    id: 'door',
    subscriptions: [{ topic: 'impinj/{device}/tags', protocol: 'impinj-r700' }],
    ...options,
  })
  expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path)
})

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'
import { join } from 'node:path'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { generate, type IConnackPacket, type ISubackPacket, type Packet, parser } from 'mqtt-packet'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openGatewayAccounts } from '../../cloud/accounts/gateways.ts'
import type { Upward } from '../../cloud/broker/broker.ts'
import { type EmbeddedBroker, type EmbeddedLimits, openEmbeddedBroker } from '../../cloud/broker/embedded.ts'
import { type GatewayAddress, topicOf } from '../../shared/wire.ts'
import { temporaryDirectory, wallClock } from '../support/journal.ts'
import { until } from '../support/until.ts'

/** What an attacker does at the door, row by row, and what must happen. */

const a = { site: 'north', gateway: 'a' }
const b = { site: 'north', gateway: 'b' }

async function house(limits: Partial<EmbeddedLimits> = {}) {
  const accounts = openGatewayAccounts(join(temporaryDirectory(), 'gateways.sqlite'), { clock: wallClock, randomBytes })
  const secrets = { a: accounts.addGateway(a).secret, b: accounts.addGateway(b).secret }
  const messages: Upward[] = []
  const broker = await openEmbeddedBroker({
    events: { upward: (message) => messages.push(message), presence() {} },
    credentials: accounts,
    clock: wallClock,
    host: '127.0.0.1',
    port: 0,
    limits,
  })
  onTestFinished(async () => {
    await broker.close()
    accounts.close()
  })
  const join_ = async (address: GatewayAddress, secret: string, more: IClientOptions = {}): Promise<MqttClient> => {
    const name = `${address.site}/${address.gateway}`
    const client = await connectAsync(
      broker.url,
      { username: name, password: secret, clientId: name, reconnectPeriod: 0, connectTimeout: 20_000, ...more },
      false,
    )
    onTestFinished(() => client.endAsync(true))
    return client
  }
  return { broker, accounts, secrets, messages, join: join_ }
}

/** A raw TCP connection: what it sends, what came back, whether it was closed. */
async function raw(broker: EmbeddedBroker) {
  const socket: Socket = connectSocket(broker.port, '127.0.0.1')
  await once(socket, 'connect')
  onTestFinished(() => {
    socket.destroy()
  })
  const packets: Packet[] = []
  const reader = parser()
  reader.on('packet', (packet) => packets.push(packet))
  let closed = false
  socket.on('data', (chunk) => reader.parse(chunk))
  socket.on('error', () => undefined)
  socket.on('close', () => {
    closed = true
  })
  return { socket, packets, isClosed: () => closed }
}

const connectPacket = (more: object = {}) =>
  generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: 'north/a',
    keepalive: 30,
    ...more,
  } as Packet)

describe('connecting', () => {
  for (const [name, packet, returnCode, kind] of [
    ['without credentials', () => ({}), 5, 'anonymous'],
    ['with a name and no secret', () => ({ username: 'north/a' }), 5, 'anonymous'],
    ['with a wrong secret', () => ({ username: 'north/a', password: 'admin' }), 4, 'credentials'],
    ['with an empty secret', () => ({ username: 'north/a', password: '' }), 4, 'credentials'],
    ['as somebody unknown', () => ({ username: 'north/z', clientId: 'north/z', password: 'x' }), 4, 'credentials'],
    [
      'with the client id of another',
      (secret: string) => ({ username: 'north/a', password: secret, clientId: 'north/b' }),
      5,
      'client-id',
    ],
    [
      'without a client id',
      (secret: string) => ({ username: 'north/a', password: secret, clientId: '' }),
      5,
      'client-id',
    ],
    ['user name with +', () => ({ username: 'north/+', clientId: 'north/+', password: 'x' }), 4, 'credentials'],
    ['user name with #', () => ({ username: '#', clientId: '#', password: 'x' }), 4, 'credentials'],
    ['user name with ../', () => ({ username: '../a', clientId: '../a', password: 'x' }), 4, 'credentials'],
    [
      'user name with a line end',
      () => ({ username: 'north/a\n', clientId: 'north/a\n', password: 'x' }),
      4,
      'credentials',
    ],
    [
      'user name of three parts',
      (secret: string) => ({ username: 'north/a/x', clientId: 'north/a/x', password: secret }),
      4,
      'credentials',
    ],
    [
      'will on the topic of another',
      (secret: string) => ({
        username: 'north/a',
        password: secret,
        will: { topic: topicOf(b, 'status'), payload: Buffer.from('x'), qos: 0, retain: false },
      }),
      5,
      'will',
    ],
    [
      'will on its own batch topic',
      (secret: string) => ({
        username: 'north/a',
        password: secret,
        will: { topic: topicOf(a, 'batch'), payload: Buffer.from('x'), qos: 0, retain: false },
      }),
      5,
      'will',
    ],
    [
      'retained will',
      (secret: string) => ({
        username: 'north/a',
        password: secret,
        will: { topic: topicOf(a, 'status'), payload: Buffer.from('x'), qos: 0, retain: true },
      }),
      5,
      'will',
    ],
    [
      'will at QoS 2',
      (secret: string) => ({
        username: 'north/a',
        password: secret,
        will: { topic: topicOf(a, 'status'), payload: Buffer.from('x'), qos: 2, retain: false },
      }),
      5,
      'will',
    ],
  ] as const) {
    test(`${name}: CONNACK ${returnCode}, closed, counted; the other gateway stays`, async () => {
      const { broker, secrets, join, messages } = await house()
      const other = await join(b, secrets.b)
      const { socket, packets, isClosed } = await raw(broker)
      socket.write(connectPacket(packet(secrets.a)))
      await until('it is closed', isClosed)
      expect(packets).toMatchObject([{ cmd: 'connack', returnCode } satisfies Partial<IConnackPacket>])
      expect(broker.refused[kind]).toBe(1)
      expect(other.connected).toBe(true)
      expect(messages).toEqual([])
    })
  }

  test('the right secret is let in, and no longer once it is revoked', async () => {
    const { accounts, secrets, join } = await house()
    await join(a, secrets.a)
    expect(accounts.revoke(a)).toBe(true)
    await expect(join(a, secrets.a)).rejects.toThrow(/Not authorized|Bad username/i)
  })

  test('no keep-alive, or one of an hour: refused', async () => {
    const { secrets, join } = await house()
    for (const keepalive of [0, 3600]) await expect(join(a, secrets.a, { keepalive })).rejects.toThrow()
  })
})

describe('bytes', () => {
  const rss = () => process.memoryUsage.rss()

  test('a CONNECT of 200 MiB is closed within 4 KiB, and memory stays flat', async () => {
    const { broker } = await house()
    const before = rss()
    const { socket, isClosed } = await raw(broker)
    socket.write(Buffer.from([0x10, 0x80, 0x80, 0x80, 0x64]))
    for (let i = 0; i < 200 && !isClosed(); i++) {
      socket.write(Buffer.alloc(64 * 1024))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await until('it is closed', isClosed)
    expect(broker.refused.packet).toBe(1)
    expect(rss() - before).toBeLessThan(40 * 1024 * 1024)
  })

  test('a CONNECT within its claimed length, but of more than 4 KiB: closed', async () => {
    const { broker } = await house()
    const { socket, packets, isClosed } = await raw(broker)
    socket.write(connectPacket({ username: 'x'.repeat(10_000), password: 'x' }))
    await until('it is closed', isClosed)
    expect([packets, broker.refused.packet]).toEqual([[], 1])
  })

  for (const [name, bytes] of [
    ['says nothing', []],
    ['sends one byte and waits', [0x10]],
    ['begins a CONNECT and never ends it', [0x10, 0x20, 0, 4]],
  ] as const) {
    test(`who ${name} is closed when the time for CONNECT is over`, async () => {
      const { broker } = await house({ connectMs: 200 })
      const { socket, isClosed } = await raw(broker)
      if (bytes.length > 0) socket.write(Buffer.from(bytes))
      await until('it is closed', isClosed)
      expect([broker.refused.protocol, broker.connections]).toEqual([1, 0])
    })
  }

  for (const [name, bytes] of [
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['random bytes', Buffer.from('ff00ff10deadbeef00', 'hex')],
    [
      'a PUBLISH before CONNECT',
      generate({ cmd: 'publish', topic: topicOf(a, 'batch'), payload: 'x', qos: 0, dup: false, retain: false }),
    ],
  ] as const) {
    test(`${name}: closed, nothing handed up`, async () => {
      const { broker, messages } = await house({ connectMs: 300 })
      const { socket, isClosed } = await raw(broker)
      socket.write(bytes)
      await until('it is closed', isClosed)
      expect(messages).toEqual([])
    })
  }

  test('once in: a packet that claims 256 MiB closes its connection only', async () => {
    const { broker, secrets, join } = await house()
    const other = await join(b, secrets.b)
    const { socket, packets, isClosed } = await raw(broker)
    socket.write(connectPacket({ username: 'north/a', password: secrets.a }))
    await until('it is in', () => packets.length === 1)
    socket.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f, 0, 1]))
    await until('it is closed', isClosed)
    expect([broker.refused.packet, other.connected]).toEqual([1, true])
  })

  test('once in: a batch of 400 KiB passes', async () => {
    const { secrets, join, messages } = await house()
    const client = await join(a, secrets.a)
    await client.publishAsync(topicOf(a, 'batch'), Buffer.alloc(400 * 1024, 0x20), { qos: 1 })
    await until('it is there', () => messages[0]?.payload.length === 400 * 1024)
  })

  test('a topic of 101 levels closes its connection only', async () => {
    const { broker, secrets, join } = await house()
    const other = await join(b, secrets.b)
    for (const build of [
      (topic: string) => generate({ cmd: 'publish', topic, payload: 'x', qos: 0, dup: false, retain: false }),
      (topic: string) => generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 0 }] } as Packet),
    ]) {
      const { socket, packets, isClosed } = await raw(broker)
      socket.write(connectPacket({ username: 'north/a', password: secrets.a }))
      await until('it is in', () => packets.length === 1)
      socket.write(build(new Array(101).fill('x').join('/')))
      await until('it is closed', isClosed)
    }
    expect(other.connected).toBe(true)
  })

  test('more connections than allowed from one address: refused, and room again when they go', async () => {
    const { broker, secrets, join } = await house({ connectionsPerAddress: 3 })
    const three = [await raw(broker), await raw(broker), await raw(broker)]
    const { isClosed } = await raw(broker)
    await until('the fourth is closed', isClosed)
    expect(broker.refused['connection-limit']).toBe(1)
    for (const { socket } of three) socket.destroy()
    await until('they are gone', () => broker.connections === 0)
    expect((await join(a, secrets.a)).connected).toBe(true)
  })
})

describe('publishing', () => {
  for (const [name, topic, options] of [
    ['to the batch topic of another', topicOf(b, 'batch'), {}],
    ['to the ack topic of another', topicOf(b, 'ack'), {}],
    ['to its own ack topic', topicOf(a, 'ack'), {}],
    ['to its own config topic', topicOf(a, 'config'), {}],
    ['to $SYS', '$SYS/x/disconnect/clients', {}],
    ['to a topic of nobody', 'x', {}],
    ['retained', topicOf(a, 'batch'), { retain: true }],
    ['at QoS 2', topicOf(a, 'batch'), { qos: 2 }],
  ] as const) {
    test(`${name}: closed and counted, nobody hears it`, async () => {
      const { broker, secrets, join, messages } = await house()
      const other = await join(b, secrets.b)
      const heard: string[] = []
      other.on('message', (heardTopic) => heard.push(heardTopic))
      await other.subscribeAsync([topicOf(b, 'ack'), topicOf(b, 'config')], { qos: 1 })
      const client = await join(a, secrets.a)
      client.on('error', () => undefined)
      client.publish(topic, 'x', { qos: 1, ...options }, () => undefined)
      await until('it is closed', () => !client.connected)
      await broker.send(b, 'ack', Buffer.from('x'))
      await until('the other one still hears', () => heard.length > 0)
      expect([heard, messages, broker.refused.publish]).toEqual([[topicOf(b, 'ack')], [], 1])
    })
  }
})

test('subscribing to anything but its own ack and config: SUBACK 0x80 for each', async () => {
  const { broker, secrets } = await house()
  const { socket, packets } = await raw(broker)
  socket.write(connectPacket({ username: 'north/a', password: secrets.a }))
  await until('it is in', () => packets.length === 1)
  const filters = [
    ...['#', '+/+/#', '+', 'warepulse/#', 'warepulse/v1/+/+/ack', 'warepulse/v1/north/+/ack', 'warepulse/v1/north/a/#'],
    ...[
      topicOf(b, 'ack'),
      topicOf(a, 'batch'),
      '$share/g/#',
      `$share/g/${topicOf(a, 'ack')}`,
      '$SYS/#',
      '$SYS/+/new/clients',
    ],
  ]
  const subscriptions = [...filters, topicOf(a, 'ack'), topicOf(a, 'config')].map((topic) => ({ topic, qos: 1 }))
  socket.write(generate({ cmd: 'subscribe', messageId: 7, subscriptions } as Packet))
  await until('it is answered', () => packets.length === 2)
  const suback = packets[1] as ISubackPacket
  expect(suback.granted).toEqual([...filters.map(() => 128), 1, 1])
  expect(broker.refused.subscribe).toBe(filters.length)
})

test('a client that does not read is closed, and does not hold up another', async () => {
  const { broker, secrets, join } = await house({ drainMs: 300 })
  const healthy = await join(b, secrets.b)
  const heard: number[] = []
  healthy.on('message', () => heard.push(performance.now()))
  await healthy.subscribeAsync(topicOf(b, 'ack'), { qos: 1 })
  const { socket, packets, isClosed } = await raw(broker)
  socket.write(connectPacket({ username: 'north/a', password: secrets.a }))
  socket.write(
    generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: topicOf(a, 'ack'), qos: 0 }] } as Packet),
  )
  await until('it has subscribed', () => packets.length === 2)
  socket.pause()
  const big = Buffer.alloc(256 * 1024)
  const frozen = (async () => {
    while (!isClosed() && broker.connections === 2) await broker.send(a, 'ack', big)
  })()
  for (let i = 0; i < 20; i++) await broker.send(b, 'ack', Buffer.from('x'))
  await until('the healthy one has all', () => heard.length === 20)
  await frozen
  await until('the frozen one is closed', () => broker.connections === 1)
})

test('a secret stands nowhere in the file of accounts', async () => {
  const path = join(temporaryDirectory(), 'gateways.sqlite')
  const accounts = openGatewayAccounts(path, { clock: wallClock, randomBytes })
  const { secret } = accounts.addGateway(a)
  expect(Buffer.from(secret, 'base64url').length).toBe(32)
  accounts.close()
  const { readFileSync } = await import('node:fs')
  expect(readFileSync(path).includes(secret)).toBe(false)
  expect(readFileSync(path).includes(Buffer.from(secret, 'base64url'))).toBe(false)
})

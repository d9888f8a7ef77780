import { connectAsync, type MqttClient } from 'mqtt'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Broker, BrokerEvents, Upward } from '../../cloud/broker/broker.ts'
import { openEmbeddedBroker } from '../../cloud/broker/embedded.ts'
import { openExternalBroker } from '../../cloud/broker/external.ts'
import { mosquittoCloudPermissions, mosquittoPermissions } from '../../cloud/broker/permissions.ts'
import { type GatewayAddress, topicOf } from '../../shared/wire.ts'
import { seeded, wallClock } from '../support/journal.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { until } from '../support/until.ts'

/** One suite for every adapter of the port `Broker`; each test is a sentence of its contract. */

const a = { site: 'north', gateway: 'a' }
const b = { site: 'north', gateway: 'b' }
const secrets: Readonly<Record<string, string>> = {
  'north/a': 'secret-a',
  'north/b': 'secret-b',
  cloud: 'secret-cloud',
}

class Heard implements BrokerEvents {
  readonly messages: Upward[] = []
  readonly links: string[] = []
  upward(message: Upward) {
    this.messages.push(message)
  }
  presence({ gateway }: GatewayAddress, online: boolean) {
    this.links.push(`${gateway} ${online ? 'online' : 'offline'}`)
  }
  texts({ gateway }: GatewayAddress, channel: string) {
    return this.messages
      .filter((message) => message.address.gateway === gateway && message.channel === channel)
      .map(({ payload }) => Buffer.from(payload).toString())
  }
}

/** As a gateway connects: its own user name, client id and last will. */
async function gateway(broker: Broker, address: GatewayAddress): Promise<{ client: MqttClient; down: string[] }> {
  const name = `${address.site}/${address.gateway}`
  const client = await connectAsync(broker.url, {
    username: name,
    password: secrets[name] ?? '',
    clientId: name,
    clean: true,
    reconnectPeriod: 0,
    will: { topic: topicOf(address, 'status'), payload: Buffer.from('{"state":"offline"}'), qos: 1, retain: false },
  })
  onTestFinished(() => client.endAsync(true))
  const down: string[] = []
  client.on('message', (topic, payload) => down.push(`${topic.split('/').at(-1)} ${payload}`))
  await client.subscribeAsync([topicOf(address, 'ack'), topicOf(address, 'config')], { qos: 1 })
  await client.publishAsync(topicOf(address, 'status'), '{"state":"online"}', { qos: 1 })
  return { client, down }
}

const adapters = {
  async embedded() {
    const events = new Heard()
    const broker = await openEmbeddedBroker({
      events,
      clock: wallClock,
      host: '127.0.0.1',
      port: 0,
      credentials: {
        async verify(username, secret) {
          const [site = '', name = ''] = username.split('/')
          return secrets[username] === secret ? { site, gateway: name } : undefined
        },
      },
    })
    onTestFinished(() => broker.close())
    return { broker, events }
  },
  async 'external (Mosquitto)'() {
    const server = await startMosquitto({
      users: secrets,
      permissions: [mosquittoCloudPermissions('cloud'), mosquittoPermissions(a), mosquittoPermissions(b)].join('\n'),
    })
    onTestFinished(() => server.stop())
    const events = new Heard()
    const broker = await openExternalBroker({
      events,
      clock: wallClock,
      random: seeded(3),
      url: server.url,
      username: 'cloud',
      password: 'secret-cloud',
      clientId: 'warepulse-cloud',
    })
    onTestFinished(() => broker.close())
    await until('the cloud has subscribed', () => broker.ready)
    return { broker, events, server }
  },
}

for (const [name, open] of Object.entries(adapters)) {
  describe(name, () => {
    test('hands up what a gateway sends, with its proven address, channel, bytes and time', async () => {
      const { broker, events } = await open()
      const { client } = await gateway(broker, a)
      const before = Date.now()
      await client.publishAsync(topicOf(a, 'batch'), Buffer.from([0x1f, 0x8b, 0, 255]), { qos: 1 })
      await until('the batch is there', () => events.texts(a, 'batch').length === 1)
      const message = events.messages.find(({ channel }) => channel === 'batch')
      expect(message).toMatchObject({ address: a, channel: 'batch' })
      expect([...(message?.payload ?? [])]).toEqual([0x1f, 0x8b, 0, 255])
      expect(message?.at).toBeGreaterThanOrEqual(before)
    })

    test('in order per gateway, 2,000 messages of two that do not wait', async () => {
      const { broker, events } = await open()
      const [first, second] = [await gateway(broker, a), await gateway(broker, b)]
      for (let i = 0; i < 1000; i++) {
        first.client.publish(topicOf(a, 'batch'), `${i}`, { qos: 1 })
        second.client.publish(topicOf(b, 'batch'), `${i}`, { qos: 1 })
      }
      await until('all are there', () => events.texts(a, 'batch').length + events.texts(b, 'batch').length === 2000)
      const numbers = Array.from({ length: 1000 }, (_, i) => `${i}`)
      expect(events.texts(a, 'batch')).toEqual(numbers)
      expect(events.texts(b, 'batch')).toEqual(numbers)
    })

    test('sends down to the one gateway that is meant, and never throws for an absent one', async () => {
      const { broker } = await open()
      const [first, second] = [await gateway(broker, a), await gateway(broker, b)]
      await broker.send(a, 'ack', Buffer.from('for a'))
      await broker.send(b, 'config', Buffer.from('for b'))
      await broker.send({ site: 'north', gateway: 'nobody' }, 'ack', Buffer.from('x'))
      await until('both have theirs', () => first.down.length + second.down.length === 2)
      expect([first.down, second.down]).toEqual([['ack for a'], ['config for b']])
    })

    test('tells that a gateway came, and that it went without a word', async () => {
      const { broker, events } = await open()
      const { client } = await gateway(broker, a)
      await until('it is online', () => events.links.includes('a online'))
      client.stream.destroy()
      await until('it is offline', () => events.links.at(-1) === 'a offline')
    })

    test('a gateway that comes back while its old session hangs ends up online', async () => {
      const { broker, events } = await open()
      await gateway(broker, a)
      await gateway(broker, a)
      await until('the old one is gone, the new one there', () => events.links.join() === 'a online,a offline,a online')
    })

    test('closes twice, and sends nothing afterwards', async () => {
      const { broker } = await open()
      await gateway(broker, a)
      await broker.close()
      await broker.close()
      await broker.send(a, 'ack', Buffer.from('late'))
    })
  })
}

test('external: goes on after the broker was killed and came back', async () => {
  const { broker, events, server } = await adapters['external (Mosquitto)']()
  await server.restart()
  await until('the cloud is back', () => broker.ready)
  const { client, down } = await gateway(broker, a)
  await client.publishAsync(topicOf(a, 'batch'), 'after', { qos: 1 })
  await until('the batch is there', () => events.texts(a, 'batch').includes('after'))
  await broker.send(a, 'ack', Buffer.from('ok'))
  await until('the ack is there', () => down.includes('ack ok'))
})

test('external: the permissions written out keep one gateway from the topics of another', async () => {
  const { broker, events } = await adapters['external (Mosquitto)']()
  const { client, down } = await gateway(broker, a)
  await client.publishAsync(topicOf(b, 'batch'), 'forged', { qos: 1 })
  await client.publishAsync(topicOf(a, 'batch'), 'own', { qos: 1 })
  await until('its own is there', () => events.texts(a, 'batch').length === 1)
  expect(events.texts(b, 'batch')).toEqual([])
  // Mosquitto grants any subscription and looks at the permission when it delivers.
  await client.subscribeAsync([topicOf(b, 'ack'), 'warepulse/v1/+/+/ack', '#'], { qos: 1 })
  await broker.send(b, 'ack', Buffer.from('for b'))
  await broker.send(a, 'ack', Buffer.from('for a'))
  await until('its own ack is there', () => down.includes('ack for a'))
  expect(down).not.toContain('ack for b')
})

test('embedded: disconnect ends the live session of one gateway', async () => {
  const { broker, events } = await adapters.embedded()
  const first = await gateway(broker, a)
  const second = await gateway(broker, b)
  await broker.disconnect(a)
  await until('it is offline', () => events.links.at(-1) === 'a offline')
  await until('its socket is closed', () => !first.client.connected)
  expect(second.client.connected).toBe(true)
  await broker.disconnect(a)
})

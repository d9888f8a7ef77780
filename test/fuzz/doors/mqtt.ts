import { connectAsync, type MqttClient } from 'mqtt'
import { topicOf } from '../../../shared/wire.ts'
import { epochA, run } from '../../support/journal.ts'
import { patienceMs } from '../../support/until.ts'
import { bytesOf, type Door } from './door.ts'

const address = { site: 'north', gateway: 'a' }
const batch = { v: 1, epoch: epochA, lease: 'x', first: 1, records: run(1, 3) }
const hello = {
  v: 1,
  epoch: epochA,
  first: 1,
  next: 4,
  version: 'x',
  config: 0,
  boot: epochA,
  startedAt: 0,
  clockSynced: true,
}
const good = [batch, hello, { state: 'online' }].map(bytesOf)

/** Payloads of a gateway with a good credential, on its own topics. */
export const mqttDoor: Door = {
  name: 'mqtt payloads',
  async attack(house, chance, { taken, broke }, signal) {
    const connect = (): Promise<MqttClient> =>
      connectAsync(
        house.street.brokerUrl,
        {
          clientId: 'north/a',
          username: 'north/a',
          password: house.secrets.a,
          reconnectPeriod: 0,
          connectTimeout: patienceMs,
        },
        false,
      )
    let client = await connect()
    // The client never answers for what it had in flight when it was thrown out.
    let closed = endOf(client)
    while (!signal.aborted) {
      const channel = chance.pick(['batch', 'batch', 'batch', 'hello', 'status'] as const)
      const structured = chance.pick([true, false])
      const payload = structured ? bytesOf(chance.bend(chance.pick([batch, hello]))) : chance.bytes(good)
      taken()
      try {
        await Promise.race([client.publishAsync(topicOf(address, channel), Buffer.from(payload), { qos: 1 }), closed])
      } catch {
        // thrown out; what matters is that it may come back
      }
      if (!client.connected && !signal.aborted) {
        try {
          client = await connect()
          closed = endOf(client)
        } catch (thrown) {
          broke(`the door stayed shut after ${channel} ${Buffer.from(payload).toString('hex')}: ${String(thrown)}`)
          break
        }
      }
    }
    client.end(true)
  },
}

function endOf(client: MqttClient): Promise<void> {
  client.on('error', () => undefined)
  return new Promise((resolve) => client.once('close', () => resolve()))
}

import { connectAsync, type MqttClient } from 'mqtt'
import { Ack, type GatewayAddress, topicOf } from '../../shared/wire.ts'
import { epochA, run } from './journal.ts'
import { patienceMs, until } from './until.ts'

/** The sending half of a gateway: go-back-N from the watermark, live records ahead of the backlog. */
export class Sender {
  readonly #url: string
  readonly #address: GatewayAddress
  readonly #password: string
  readonly #recordsOf: (first: number, count: number) => readonly object[]
  client: MqttClient | undefined
  committed = 0
  ranges: readonly (readonly [number, number])[] = []
  lease: string | undefined
  hellosDemanded = 0

  /** `password`: any, where the door takes any. `recordsOf`: what stands at these sequence numbers. */
  constructor(
    url: string,
    address: GatewayAddress,
    password = 'x',
    recordsOf: (first: number, count: number) => readonly object[] = run,
  ) {
    this.#url = url
    this.#address = address
    this.#password = password
    this.#recordsOf = recordsOf
  }

  /** Connects, says hello, and resolves with the answer; false when the door is not there. */
  async greet(): Promise<boolean> {
    this.client?.end(true)
    const name = `${this.#address.site}/${this.#address.gateway}`
    try {
      const client = await connectAsync(
        this.#url,
        { username: name, password: this.#password, clientId: name, reconnectPeriod: 0, connectTimeout: patienceMs },
        false,
      )
      this.client = client
      client.on('error', () => undefined)
      let lease: string | undefined
      client.on('message', (_topic, payload) => {
        const ack = Ack.parse(JSON.parse(payload.toString()))
        if (ack.committed > this.committed) this.committed = ack.committed
        this.ranges = ack.ranges
        if (ack.sayHello) this.hellosDemanded++
        lease = ack.lease ?? lease
      })
      await client.subscribeAsync(topicOf(this.#address, 'ack'), { qos: 1 })
      const hello = {
        v: 1,
        epoch: epochA,
        first: this.committed + 1,
        next: 1_000_000,
        version: 'test',
        config: 0,
        boot: epochA,
        startedAt: 0,
        clockSynced: true,
      }
      client.publish(topicOf(this.#address, 'hello'), JSON.stringify(hello), { qos: 1 }, () => undefined)
      await until('hello is answered', () => lease !== undefined || !client.connected, { everyMs: 2 })
      this.lease = lease ?? this.lease
      return lease !== undefined
    } catch {
      return false
    }
  }

  send(first: number, count: number, lease = this.lease): void {
    const batch = JSON.stringify({ v: 1, epoch: epochA, lease, first, records: this.#recordsOf(first, count) })
    this.client?.publish(topicOf(this.#address, 'batch'), batch, { qos: 1 }, () => undefined)
  }
}

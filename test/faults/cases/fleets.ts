import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { generate, type Packet, parser } from 'mqtt-packet'
import { openGatewayAccounts } from '../../../cloud/accounts/gateways.ts'
import { Ack, type GatewayAddress, topicOf } from '../../../shared/wire.ts'
import { until } from '../../support/until.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import { openScene, type Scene, site } from '../scene.ts'

const percentile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0

/**
 * One gateway of a crowd, in as little memory as possible: a socket that connects, subscribes, says hello, and sends
 * one record after each start of the cloud; comes back by itself with full jitter.
 */
class Sparse {
  committed = 0
  wanted = 1
  connects = 0
  backAtMs = 0
  readonly #scene: Scene
  readonly #address: GatewayAddress
  readonly #secret: string
  readonly #localAddress: string
  readonly #epoch = randomBytes(16).toString('hex')
  readonly #base: number
  #socket: Socket | undefined
  #attempts = 0
  #isClosed = false

  /** Its record with number s tells of happening `base` + 4 s, a value: the read points of the map are another's. */
  constructor(scene: Scene, address: GatewayAddress, secret: string, localAddress: string, base: number) {
    this.#scene = scene
    this.#address = address
    this.#secret = secret
    this.#localAddress = localAddress
    this.#base = base
    this.#connect()
  }

  send(lease: string): void {
    const first = this.committed + 1
    const records = Array.from(
      { length: this.wanted - this.committed },
      (_, i) => this.#scene.truth.of(this.#base + 4 * (first + i)).record,
    )
    this.#publish('batch', { v: 1, epoch: this.#epoch, lease, first, records })
  }

  close(): void {
    this.#isClosed = true
    this.#socket?.destroy()
  }

  promise(): void {
    const ns = Array.from({ length: this.committed }, (_, i) => this.#base + 4 * (1 + i))
    this.#scene.promised(this.#address.gateway, this.#epoch, 1, ns)
  }

  #connect(): void {
    const { port } = new URL(this.#scene.street.brokerUrl)
    const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: this.#localAddress })
    this.#socket = socket
    const reading = parser()
    reading.on('packet', (packet) => this.#take(packet))
    reading.on('error', () => socket.destroy())
    socket.on('data', (chunk) => reading.parse(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      if (this.#isClosed) return
      this.#attempts += 1
      const mostMs = Math.min(30_000, 1000 * 2 ** this.#attempts)
      setTimeout(() => this.#isClosed || this.#connect(), this.#scene.random() * mostMs)
    })
    socket.on('connect', () => {
      const name = `${this.#address.site}/${this.#address.gateway}`
      this.#write({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: name,
        keepalive: 120,
        username: name,
        password: Buffer.from(this.#secret),
      })
    })
  }

  #take(packet: Packet): void {
    if (packet.cmd === 'connack' && packet.returnCode === 0) {
      this.connects += 1
      this.#write({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: topicOf(this.#address, 'ack'), qos: 1 }] })
    } else if (packet.cmd === 'suback') {
      const hello = {
        v: 1,
        epoch: this.#epoch,
        first: this.committed + 1,
        next: this.wanted + 1,
        version: 'crowd',
        config: 0,
        boot: this.#epoch,
        startedAt: 0,
        clockSynced: true,
      }
      this.#publish('hello', hello)
    } else if (packet.cmd === 'publish') {
      if (packet.qos === 1 && packet.messageId !== undefined)
        this.#write({ cmd: 'puback', messageId: packet.messageId })
      const ack = Ack.parse(JSON.parse(packet.payload.toString()))
      this.committed = Math.max(this.committed, ack.committed)
      if (this.committed >= this.wanted) {
        this.backAtMs ||= performance.now()
        this.#attempts = 0
      } else if (ack.lease !== undefined) this.send(ack.lease)
    }
  }

  #publish(channel: 'hello' | 'batch', message: object): void {
    const topic = topicOf(this.#address, channel)
    this.#write({
      cmd: 'publish',
      topic,
      payload: JSON.stringify(message),
      qos: 1,
      messageId: 2 + (channel === 'batch' ? 1 : 0),
      dup: false,
      retain: false,
    })
  }

  #write(packet: Packet): void {
    if (this.#socket?.writable === true) this.#socket.write(generate(packet))
  }
}

/** The most that one cloud lets in (4,096), less a few for others; 512 from one address. */
const crowd = { full: 4000, commit: 300 }
const perAddress = 500

/** F42: the cloud is killed and starts again, and everybody comes back at once; one gateway streams all the while. */
async function everybodyComesBack({ seed, tier, note }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  const gateways: Sparse[] = []
  try {
    const count = crowd[tier]
    const accounts = openGatewayAccounts(join(scene.street.dataDirectory, 'gateways.sqlite'), {
      clock: scene.clock,
      randomBytes,
    })
    for (let i = 0; i < count; i += 1) {
      const address = { site, gateway: `many-${i}` }
      const { secret } = accounts.addGateway(address)
      gateways.push(new Sparse(scene, address, secret, `127.0.0.${2 + Math.floor(i / perAddress)}`, 100_000 + i * 8))
      if (i % 100 === 99) await delay(20)
    }
    accounts.close()
    const missing = () => gateways.filter(({ committed, wanted }) => committed < wanted).length
    await until('all are in', () => missing() === 0, { withinMs: 120_000, everyMs: 200 })
    note(`${count} are in`)
    const live = await scene.openGateway('gw')
    await live.stream(1, 100)
    await live.drained()

    for (const gateway of gateways) {
      gateway.wanted = 2
      gateway.backAtMs = 0
    }
    await scene.cloud.kill()
    await scene.startCloud()
    const upAtMs = performance.now()
    const liveMs: number[] = []
    for (let n = 101; missing() > 0 || n < 301; n += 20) {
      const storedAtMs = performance.now()
      await live.stream(n, 20)
      await live.drained(60_000)
      liveMs.push(performance.now() - storedAtMs)
      if (performance.now() - upAtMs > 300_000)
        throw new Error(`${missing()} of ${count} did not come back in 5 minutes`)
      await delay(100)
    }
    const tookMs = Math.max(...gateways.map(({ backAtMs }) => backAtMs)) - upAtMs
    for (const gateway of gateways) gateway.promise()
    for (const gateway of gateways) gateway.close()
    const connects = gateways.reduce((sum, gateway) => sum + gateway.connects, 0)
    return {
      injected: true,
      proof: `${count} gateways (the embedded broker lets in 4,096) came back and delivered within ${(tookMs / 1000).toFixed(1)} s of a restart, ${connects} connections in all; a live gateway was acknowledged after ${Math.round(percentile(liveMs, 0.5))} ms, p99 ${Math.round(percentile(liveMs, 0.99))} ms`,
      verdict: withProblems(await scene.judge({ allowed: { descriptors: count + 300 } }), [
        tookMs > 300_000 && `it took ${Math.round(tookMs / 1000)} s`,
      ]),
      kills: 1,
    }
  } finally {
    for (const gateway of gateways) gateway.close()
    await scene.close()
  }
}

/** F43: many gateways come back with a day of backlog each, while one has only live records. */
async function backlogs({ seed, tier, note }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed, truth: { stepMs: 1 } })
  try {
    const [count, each] = tier === 'full' ? [20, 40_000] : [4, 2000]
    scene.proxy.cut()
    const gateways = []
    for (let i = 0; i < count; i += 1) {
      const gateway = await scene.openGateway(`gw-${i}`)
      for (let n = 0; n < each; n += 1000)
        await gateway.store(Array.from({ length: 1000 }, (_, k) => 1 + i * each + n + k))
      gateways.push(gateway)
      note(`${(i + 1) * each} stored`)
    }
    const live = await scene.openGateway('gw')
    scene.proxy.mend()
    const startedMs = performance.now()
    let isDrained = false
    const draining = Promise.all(gateways.map((gateway) => gateway.drained(300_000))).then(() => {
      isDrained = true
    })
    const liveMs: number[] = []
    let n = 1 + count * each
    for (; !isDrained; n += 20) {
      const storedAtMs = performance.now()
      await live.stream(n, 20)
      await live.drained(120_000)
      liveMs.push(performance.now() - storedAtMs)
      await delay(50)
    }
    await draining
    await live.stream(n, 400) // each tag once more, where it is on the map
    await live.drained()
    const seconds = (performance.now() - startedMs) / 1000
    note('drained, judging')
    return {
      injected: true,
      proof: `${count} gateways with ${each} records each drained in ${seconds.toFixed(1)} s, with the senders and a proxy on the same machine; a live gateway was acknowledged after ${Math.round(percentile(liveMs, 0.5))} ms, p99 ${Math.round(percentile(liveMs, 0.99))} ms`,
      verdict: await scene.judge(),
    }
  } finally {
    await scene.close()
  }
}

export const fleetCases: readonly FaultCase[] = [
  {
    fault: 'F42',
    title: 'thousands of gateways come back at once after a restart of the cloud',
    tier: 'full',
    run: everybodyComesBack,
  },
  {
    fault: 'F43',
    title: 'many gateways with a long backlog each; live records are not held up',
    tier: 'full',
    run: backlogs,
  },
]

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet'
import type { Running } from '../support/processes.ts'
import { Sender } from '../support/sender.ts'
import { openStreet, type Street } from '../support/street.ts'

/**
 * The house that is attacked: a cloud as a process of its own, two gateways, and somebody with every right who looks
 * at what has become of it.
 */
export interface House {
  readonly street: Street
  readonly cloud: Running
  readonly site: string
  readonly secrets: Readonly<Record<'a' | 'b', string>>
  readonly brokerPort: number
  readonly httpPort: number
  /** A gateway that says hello and stays, as a live one does. */
  sender(gateway: 'a' | 'b', password?: string): Sender
  /** Of the cloud process, bytes. */
  rss(): number
  /** Newest first. */
  audit(): Promise<readonly AuditRow[]>
  close(): Promise<void>
}

export interface AuditRow {
  readonly act: string
  readonly who: string
  readonly outcome: string
  readonly subject: string
  readonly from: string
  readonly detail: string | null
}

export async function openHouse(more: Readonly<Record<string, unknown>> = {}): Promise<House> {
  const site = 'north'
  const street = await openStreet(site, more)
  const cloud = await street.startCloud()
  const secret = async (gateway: string) =>
    (JSON.parse(await street.command('gateway', 'add', site, gateway, '--json')) as { secret: string }).secret
  const secrets = { a: await secret('a'), b: await secret('b') }
  return {
    street,
    cloud,
    site,
    secrets,
    brokerPort: Number(new URL(street.brokerUrl).port),
    httpPort: Number(new URL(street.url).port),
    sender: (gateway, password = secrets[gateway]) => new Sender(street.brokerUrl, { site, gateway }, password),
    rss: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${cloud.pid}/status`, 'utf8'))?.[1]) * 1024,
    async audit() {
      return (await street.get<{ items: AuditRow[] }>('/audit?limit=200')).items
    },
    close: () => street.remove(),
  }
}

/** A raw TCP connection: what came back, and whether it was closed. */
export async function raw(
  port: number,
): Promise<{ socket: Socket; packets: Packet[]; text(): string; isClosed(): boolean }> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const packets: Packet[] = []
  const reader = parser()
  reader.on('packet', (packet) => packets.push(packet))
  let closed = false
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    reader.parse(chunk)
  })
  socket.on('error', () => undefined)
  reader.on('error', () => undefined)
  socket.on('close', () => {
    closed = true
  })
  return { socket, packets, text: () => text, isClosed: () => closed }
}

export function connectPacket(more: Partial<IConnectPacket> = {}): Buffer {
  return generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: 'north/a',
    keepalive: 30,
    ...more,
  } as Packet)
}

/** What the process listens on, as `address:port`. */
export function listenersOf(pid: number): readonly string[] {
  const lines = execFileSync('ss', ['-Hltnp'], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes(`pid=${pid},`)).map((line) => line.split(/\s+/)[3] ?? '')
}

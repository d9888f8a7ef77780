import type { CloudConfig } from '../../cloud/config.ts'
import type { EdgeConfig } from '../../edge/config.ts'

export interface Address {
  readonly key: string
  readonly host: string
  readonly port: number
  readonly tls: boolean
}

/** Everything outside of the process that a configuration names. */
export interface Targets {
  readonly files: readonly { readonly key: string; readonly path: string; readonly isSecret: boolean }[]
  readonly serialPorts: readonly { readonly key: string; readonly path: string }[]
  readonly addresses: readonly Address[]
}

const portOf: Readonly<Record<string, number>> = {
  'mqtt:': 1883,
  'mqtts:': 8883,
  'ws:': 80,
  'wss:': 443,
  'http:': 80,
  'https:': 443,
}
const tlsSchemes = ['mqtts:', 'wss:', 'https:']
/** Ports of sources that give none: LLRP (TCP, TLS), Modbus TCP. */
const usualPorts: Readonly<Record<string, readonly [plain: number, tls: number]>> = {
  llrp: [5084, 5085],
  'modbus-tcp': [502, 802],
}

/**
 * Found by how keys are called, so that a new kind of source is looked at without a line here: `…File` is a file, `url`
 * or `host` with `port` an address, `path` the file of a recording or else a serial port.
 */
export function targetsOf(config: EdgeConfig | CloudConfig): Targets {
  const files: { key: string; path: string; isSecret: boolean }[] = []
  const serialPorts: { key: string; path: string }[] = []
  const addresses: Address[] = []

  const look = (value: unknown, key: string) => {
    if (typeof value !== 'object' || value === null) return
    const members = value as Readonly<Record<string, unknown>>
    const { path, url, host, port, type, tls } = members
    for (const [name, member] of Object.entries(members)) {
      const memberKey = Array.isArray(value) ? `${key}[${name}]` : key === '' ? name : `${key}.${name}`
      if (typeof member !== 'string') look(member, memberKey)
      else if (name.endsWith('File')) {
        files.push({ key: memberKey, path: member, isSecret: /secret|password|key|token/i.test(name) })
      }
    }
    if (typeof path === 'string' && type === 'replay') files.push({ key: `${key}.path`, path, isSecret: false })
    else if (typeof path === 'string' && typeof type === 'string') serialPorts.push({ key: `${key}.path`, path })
    if (typeof url === 'string') addresses.push(addressOf(`${key}.url`, new URL(url)))
    if (typeof host === 'string' && typeof type === 'string') {
      const [plain, encrypted] = usualPorts[type] ?? [0, 0]
      const isTls = tls !== undefined && tls !== false
      const number = typeof port === 'number' ? port : isTls ? encrypted : plain
      addresses.push({ key: `${key}.host`, host, port: number, tls: isTls })
    }
  }
  if ('uplink' in config) look({ uplink: config.uplink, sources: config.sources }, '')
  else look({ http: config.http, broker: config.broker, series: config.series }, '')
  return { files, serialPorts, addresses }
}

function addressOf(key: string, url: URL): Address {
  return {
    key,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (portOf[url.protocol] ?? 0) : Number(url.port),
    tls: tlsSchemes.includes(url.protocol),
  }
}

import { readFile } from 'node:fs/promises'
import mqtt from 'mqtt'
import type { MqttOptions } from './options.ts'
import { filterOf } from './topic.ts'

const patienceMs = 5000

/** How a broker receives us: `closed` are the filters that it does not let us read. */
export type Reception =
  | { readonly is: 'unreachable' }
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'taken'; readonly closed: readonly string[] }

/**
 * Signs in as the source would, subscribes, and leaves. `clientId` must be nobody else's: a broker ends the session of
 * the one that has it. A password file that cannot be read counts as an empty one. Never rejects.
 */
export async function tryLogin(options: MqttOptions, clientId: string): Promise<Reception> {
  const { url, username, passwordFile, subscriptions } = options
  const client = mqtt.connect(url, {
    clientId,
    protocolVersion: 4,
    reconnectPeriod: 0,
    connectTimeout: patienceMs,
    ...(username === undefined ? {} : { username }),
    ...(passwordFile === undefined ? {} : { password: (await readFile(passwordFile, 'utf8').catch(() => '')).trim() }),
  })
  try {
    const refusal = await refusalOf(client)
    if (refusal !== undefined) return refusal
    const filters = subscriptions.map(({ topic }) => filterOf(topic))
    const granted = await client.subscribeAsync(filters, { qos: 1 }).catch(() => [])
    return {
      is: 'taken',
      closed: filters.filter((filter) => !granted.some((one) => one.topic === filter && one.qos <= 2)),
    }
  } finally {
    client.end(true)
  }
}

/** `undefined`: we are in. Codes of CONNACK: MQTT 3.1.1, table 3.1. */
function refusalOf(client: mqtt.MqttClient): Promise<Reception | undefined> {
  return new Promise((resolve) => {
    client.once('connect', () => resolve(undefined))
    client.on('error', (error) => {
      const isAnswer = 'code' in error && typeof error.code === 'number' && error.code >= 1 && error.code <= 5
      resolve(isAnswer ? { is: 'refused', why: error.message } : { is: 'unreachable' })
    })
    client.once('close', () => resolve({ is: 'unreachable' }))
  })
}

import { readFile } from 'node:fs/promises'
import type { Clock, Random } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import type { Broker, BrokerEvents, GatewayCredentials } from './broker.ts'
import type { EmbeddedBroker, Refusal } from './embedded.ts'

export interface BrokerChoice {
  readonly host: string
  readonly port: number
  /** Of the embedded broker, PEM. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined
  readonly url?: string | undefined
  readonly username?: string | undefined
  readonly passwordFile?: string | undefined
}

export interface BrokerSurroundings {
  readonly events: BrokerEvents
  readonly credentials: GatewayCredentials
  readonly clock: Clock
  readonly random: Random
  /** Names this cloud process on an external broker. */
  readonly clientId: string
  readonly onRefused: (refusal: Refusal) => void
  readonly onLink: (connected: boolean, problem: string | undefined) => void
}

export type OpenedBroker =
  | { readonly broker: EmbeddedBroker; readonly embedded: EmbeddedBroker }
  | { readonly broker: Broker; readonly embedded: undefined }

/** The embedded broker, or the external one if the configuration names its URL; the code of the other stays on the disk. */
export async function openBroker(choice: BrokerChoice, surroundings: BrokerSurroundings): Promise<OpenedBroker> {
  const { events, credentials, clock, random, clientId, onRefused, onLink } = surroundings
  if (choice.url !== undefined) {
    const password =
      choice.passwordFile === undefined ? undefined : (await read('broker.passwordFile', choice.passwordFile)).trim()
    const { openExternalBroker } = await import('./external.ts')
    const broker = await openExternalBroker({
      events,
      clock,
      random,
      url: choice.url,
      clientId,
      onLink,
      ...(choice.username === undefined ? {} : { username: choice.username }),
      ...(password === undefined ? {} : { password }),
    })
    return { broker, embedded: undefined }
  }
  const { openEmbeddedBroker } = await import('./embedded.ts')
  const broker = await openEmbeddedBroker({
    events,
    credentials,
    clock,
    host: choice.host,
    port: choice.port,
    onRefused,
    ...(choice.tls === undefined ? {} : { tls: choice.tls }),
  })
  return { broker, embedded: broker }
}

async function read(key: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new Fault('config-invalid', `Cannot read the file named by ${key} (${path}): ${String(cause)}`, { cause })
  }
}

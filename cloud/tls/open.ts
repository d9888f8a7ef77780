import { readFile } from 'node:fs/promises'
import type { Clock } from '../../shared/clock.ts'
import type { RandomBytes } from '../accounts/secret.ts'
import type { TlsChoice } from './choice.ts'
import { type KeptPair, keepPair } from './keep.ts'
import { ensureOwnPair, namesOfMachine } from './own-pair.ts'
import type { PairFiles } from './pair.ts'

export interface TlsOptions {
  readonly http: TlsChoice | undefined
  readonly broker: TlsChoice | undefined
  /** For the certificate of `auto`, beside those of the machine. */
  readonly names: readonly string[]
  readonly dataDirectory: string
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  readonly log: { info(sentence: string): void; warn(sentence: string): void }
}

/** What the doors show to who connects. */
export interface Tls {
  readonly http: KeptPair | undefined
  readonly broker: KeptPair | undefined
  /** Certificate of the local authority, PEM, where one of the doors is `auto`. */
  readonly authority: string | undefined
  stop(): void
}

/** @throws Fault `config-invalid` for files that cannot be used. */
export async function openTls(options: TlsOptions): Promise<Tls> {
  const { dataDirectory, clock, randomBytes, log } = options
  const names = namesOfMachine(options.names)
  const renew = () => ensureOwnPair(dataDirectory, names, clock.now(), randomBytes)
  const own = [options.http, options.broker].includes('auto') ? await renew() : undefined

  async function keep(choice: TlsChoice | undefined): Promise<KeptPair | undefined> {
    if (choice === undefined) return undefined
    const files: PairFiles | undefined = choice === 'auto' ? own : choice
    if (files === undefined) return undefined
    return keepPair({
      files,
      clock,
      info: (sentence) => log.info(sentence),
      warn: (sentence) => log.warn(sentence),
      ...(choice === 'auto' ? { renew } : {}),
    })
  }

  const http = await keep(options.http)
  const broker = await keep(options.broker)
  return {
    http,
    broker,
    authority: own === undefined ? undefined : await readFile(own.authorityFile, 'utf8'),
    stop() {
      http?.stop()
      broker?.stop()
    },
  }
}

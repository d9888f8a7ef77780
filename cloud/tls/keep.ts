import { stat } from 'node:fs/promises'
import type { Clock } from '../../shared/clock.ts'
import { asFault } from '../../shared/fault.ts'
import { type ExpiryStage, expirySentence, expiryStage } from './expiry.ts'
import { type PairFiles, readPair, type TlsPair } from './pair.ts'

export interface KeepOptions {
  readonly files: PairFiles
  readonly clock: Clock
  readonly warn: (sentence: string) => void
  readonly info: (sentence: string) => void
  /** Renews the files when they near their end; for certificates of our own. Asked once an hour. */
  readonly renew?: () => Promise<unknown>
  readonly everyMs?: number
}

/** The key and certificate of a server, as they stand in their files, for as long as it runs. */
export interface KeptPair {
  readonly current: TlsPair
  /** Called with every renewed pair; what is connected stays connected. */
  onRenewed(use: (pair: TlsPair) => void): void
  stop(): void
}

const hourMs = 3_600_000

/**
 * Looks every 2 s whether the files changed, by time and size: that also sees a link that was turned elsewhere, as
 * cert-manager and certbot do. A pair that does not fit together (a renewal halfway through) leaves the last good one
 * in use. Warns 30, 7 and 1 days before the end, once each and every day of the last week.
 */
export async function keepPair(options: KeepOptions): Promise<KeptPair> {
  const { files, clock, warn, info, renew, everyMs = 2000 } = options
  const listeners: ((pair: TlsPair) => void)[] = []
  let current = await readPair(files)
  let seen = await mark(files)
  let troubled = ''
  let warned: { readonly stage: ExpiryStage; readonly day: number } | undefined
  let renewedMs = clock.monotonicMs()
  let looking = false

  function warnOfExpiry(): void {
    const now = clock.now()
    const stage = expiryStage(current.expiresAt, now)
    const day = Math.floor(now / (24 * hourMs))
    if (warned?.stage === stage && (stage === 30 || warned.day === day)) return
    warned = { stage, day }
    const sentence = expirySentence(files.certFile, current.expiresAt, now)
    if (sentence !== undefined) warn(sentence)
  }

  async function look(): Promise<void> {
    if (renew !== undefined && clock.monotonicMs() - renewedMs >= hourMs) {
      renewedMs = clock.monotonicMs()
      await renew()
    }
    const is = await mark(files)
    if (is !== seen) {
      const pair = await readPair(files)
      seen = is
      troubled = ''
      if (pair.cert !== current.cert || pair.key !== current.key) {
        current = pair
        for (const use of listeners) use(pair)
        info(
          `The certificate ${files.certFile} was renewed; it is good until ${new Date(pair.expiresAt).toISOString()}.`,
        )
      }
    }
    warnOfExpiry()
  }

  const timer = setInterval(() => {
    if (looking) return
    looking = true
    look()
      .catch((thrown) => {
        const { message } = asFault(thrown, 'The TLS files could not be looked at')
        if (message !== troubled) warn(`${message} The certificate from before stays in use.`)
        troubled = message
      })
      .finally(() => {
        looking = false
      })
  }, everyMs)
  warnOfExpiry()
  return {
    get current() {
      return current
    },
    onRenewed: (use) => listeners.push(use),
    stop: () => clearInterval(timer),
  }
}

async function mark({ keyFile, certFile }: PairFiles): Promise<string> {
  const [key, cert] = await Promise.all([stat(keyFile), stat(certFile)])
  return [key, cert].map(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`).join(' ')
}

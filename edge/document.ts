import { asFault } from '../shared/fault.ts'
import { GatewayDocument } from '../shared/gateway-document.ts'
import { readKeptDocument, writeKeptDocument } from './document-file.ts'
import type { Log } from './log.ts'

/** What the gateway works by, as the cloud described it last. */
export interface DocumentInForce {
  readonly current: GatewayDocument | undefined
  /** Version in force; 0 = none yet. */
  readonly version: number
  /** Another one was taken since the cloud was told what we work by: to be told, also where it is the old one again. */
  readonly isNews: boolean
  /** The version, to be told to the cloud. */
  report(): number
  /**
   * Takes what came on the `config` topic: in force once it is on disk, or could not be written; what was begun and told
   * by it must not be unknown after a power cut. What cannot be read changes nothing.
   */
  take(payload: Uint8Array): void
  /** Resolves when what was taken is in force. */
  kept(): Promise<void>
}

/** Starts with the last good one of the spool's directory; each new one replaces it there. */
export async function openDocument(directory: string, log: Pick<Log, 'info' | 'warn'>): Promise<DocumentInForce> {
  let current = await readKeptDocument(directory)
  let text = JSON.stringify(current)
  let writing = Promise.resolve()
  let isReported = false
  let isNews = false
  return {
    get current() {
      return current
    },
    get version() {
      return current?.version ?? 0
    },
    get isNews() {
      return isReported && isNews
    },
    report() {
      isReported = true
      isNews = false
      return current?.version ?? 0
    },
    take(payload) {
      const read = parsed(payload)
      if (read === undefined) return log.warn('what came on the config topic cannot be read; it is left aside')
      const said = JSON.stringify(read)
      if (said === text) return
      text = said
      writing = writing.then(async () => {
        await writeKeptDocument(directory, read).catch((thrown) => {
          log.warn(asFault(thrown, 'what this gateway works by cannot be written').message)
        })
        current = read
        isNews = true
        const { version, gates, beamGates, rules } = read
        log.info(
          { version, gates: gates.length + beamGates.length, rules: rules.length },
          'what this gateway works by is described anew',
        )
      })
    },
    kept: () => writing,
  }
}

function parsed(payload: Uint8Array): GatewayDocument | undefined {
  try {
    return GatewayDocument.safeParse(JSON.parse(Buffer.from(payload).toString('utf8'))).data
  } catch {
    return undefined
  }
}

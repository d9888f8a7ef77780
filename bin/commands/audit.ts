import { join } from 'node:path'
import { type Audit, openAudit } from '../../cloud/audit/open.ts'
import { CloudConfig } from '../../cloud/config.ts'
import { dataFiles } from '../../cloud/data-files.ts'
import { Fault } from '../../shared/fault.ts'
import { loadConfiguration } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly config: string
  readonly json?: boolean
}

/** `warepulse audit list`: newest first. */
export function list(options: Options & { readonly limit: number }, terminal: Terminal): void {
  withAudit(options, (audit) => {
    const { entries } = audit.page({ limit: options.limit, sites: 'every' })
    if (options.json === true) {
      terminal.line(JSON.stringify({ entries }))
      return
    }
    for (const { number, at, who, via, from, act, site, subject, outcome, detail } of entries) {
      const whom = who === '' ? via : `${who} (${via})`
      const what = [site, subject].filter((part) => part !== null && part !== '').join(' ')
      terminal.line(
        `${String(number).padStart(6)}  ${new Date(at).toISOString()}  ${outcome.padEnd(7)}  ${act}  ${what}${detail === null ? '' : `  ${detail}`}  ${terminal.dim(`by ${whom} from ${from}`)}`,
      )
    }
  })
}

/** `warepulse audit verify`: is every entry what was written? `head`: `number:hash` as it was told before. */
export function verify(options: Options & { readonly head?: string }, terminal: Terminal): void {
  withAudit(options, (audit) => {
    const verdict = audit.verify()
    if (!verdict.whole) throw new Fault('storage-broken', `The audit log was tampered with or damaged: ${verdict.why}.`)
    const { entries, head } = verdict
    if (options.head !== undefined) {
      const [number = '', hash] = options.head.split(':', 2)
      const [then] = audit.page({ before: Number(number) + 1, limit: 1, sites: 'every' }).entries
      if (then?.number !== Number(number) || then.hash !== hash)
        throw new Fault(
          'storage-broken',
          `The audit log was written anew: entry ${number} is not the one that was noted.`,
        )
    }
    if (options.json === true) terminal.line(JSON.stringify({ entries, head: `${entries}:${head}` }))
    else
      terminal.line(
        `${entries} entries, unbroken. Note this elsewhere and give it to --head next time: ${entries}:${head}`,
      )
  })
}

function withAudit(options: Options, work: (audit: Audit) => void): void {
  const audit = openAudit(join(loadConfiguration(CloudConfig, options.config).dataDirectory, dataFiles.audit))
  try {
    work(audit)
  } finally {
    audit.close()
  }
}

import { userInfo } from 'node:os'
import { join } from 'node:path'
import { openAudit } from '../cloud/audit/open.ts'
import { dataFiles } from '../cloud/data-files.ts'
import { systemClock } from './surroundings.ts'

/** Notes in the audit of the cloud what a command did, and under whose login. */
export function audited(
  dataDirectory: string,
  act: string,
  { site = null, subject = '' }: { readonly site?: string | null; readonly subject?: string },
): void {
  const audit = openAudit(join(dataDirectory, dataFiles.audit))
  try {
    audit.append({
      at: systemClock.now(),
      who: userInfo().username,
      via: 'command',
      from: 'here',
      act,
      site,
      subject,
      outcome: 'done',
      detail: null,
    })
  } finally {
    audit.close()
  }
}

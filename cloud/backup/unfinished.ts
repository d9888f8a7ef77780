import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import { dataFiles } from '../data-files.ts'

/** Files of a restore that is under way, and what SQLite lays beside them. */
const pattern = /\.restoring(-wal|-shm|-journal)?$/

/** A write-ahead log that outlived its database must never meet the one of another backup. */
export async function clearUnfinished(dataDirectory: string): Promise<void> {
  for (const name of readdirSync(dataDirectory)) {
    if (pattern.test(name)) await rm(join(dataDirectory, name), { force: true })
  }
}

/**
 * A cloud that began an empty journal here would tell every gateway that it has nothing of theirs.
 *
 * @throws Fault `conflict` where a restore moved the old journal aside and was broken off before the new one was there.
 */
export function refuseUnfinished(dataDirectory: string): void {
  const journal = join(dataDirectory, dataFiles.journal)
  if (existsSync(journal) || !existsSync(`${journal}.restoring`)) return
  throw new Fault(
    'conflict',
    `A restore into ${dataDirectory} was interrupted. Run \`warepulse backup restore\` again.`,
  )
}

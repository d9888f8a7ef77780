import type { Clock } from '../../shared/clock.ts'
import { openDatabase, transaction } from '../database/open.ts'
import { journalMigrations } from './schema.ts'

/**
 * Gives a journal file that nobody has open a new server id. Gateways that meet it believe nothing of what the one
 * before told them, and offer again what they keep.
 */
export function renewServer(path: string, server: string, clock: Clock): void {
  const database = openDatabase({ path, migrations: journalMigrations, durability: 'full' })
  try {
    transaction(database, () => {
      database.prepare('UPDATE journal SET server = ?, made_at = ?').run(server, clock.now())
    })
    // One file, with nothing beside it, so that it can be renamed.
    database.exec('PRAGMA journal_mode = DELETE')
  } finally {
    database.close()
  }
}

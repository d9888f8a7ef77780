import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { transaction } from '../database/open.ts'

/** All that the projection remembers beside its points (`ledger.ts`, `roll-up-ledger.ts`). */
const tables = ['progress', 'set_aside', 'boot', 'waiting', 'unrolled', 'known_series'] as const

/** Makes the projection over the other store go on from where this one is, instead of from the journal's beginning. */
export function copyLedger(from: DatabaseSync, to: DatabaseSync): void {
  transaction(to, () => {
    for (const table of tables) to.exec(`DELETE FROM ${table}`)
    for (const table of tables.toReversed()) {
      for (const row of from.prepare(`SELECT * FROM ${table}`).iterate()) {
        const names = Object.keys(row)
        to.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`).run(
          ...(Object.values(row) as SQLInputValue[]),
        )
      }
    }
  })
}

import { existsSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { z } from 'zod'
import { Fault } from '../../shared/fault.ts'
import { Quarantined } from './own-record.ts'

/** Where a quarantined record stands: entry of the journal, and position in its records. */
export interface QuarantinePlace {
  readonly offset: number
  readonly position: number
}

export interface QuarantineEntry extends QuarantinePlace {
  readonly site: string
  readonly gateway: string
  readonly epoch: string
  readonly sequence: number
  /** Unix ms. */
  readonly at: number
  readonly reason: string
  /** Of the entry that it was replayed as. */
  readonly replayedOffset: number | undefined
}

const Row = z.object({
  offset: z.int(),
  position: z.int(),
  site: z.string(),
  gateway: z.string(),
  epoch: z.string(),
  sequence: z.int(),
  at: z.int(),
  reason: z.string(),
  replayed_offset: z.int().nullable(),
})

function entryFrom(row: unknown): QuarantineEntry {
  const { replayed_offset, ...entry } = Row.parse(row)
  return { ...entry, replayedOffset: replayed_offset ?? undefined }
}

/** The index of what is quarantined; the records themselves stand in the entries. Inside the journal's transactions. */
export class QuarantineTable {
  readonly #insert: StatementSync
  readonly #find: StatementSync
  readonly #replayed: StatementSync

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('INSERT INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)')
    this.#find = database.prepare('SELECT * FROM quarantine WHERE offset = ? AND position = ?')
    this.#replayed = database.prepare('UPDATE quarantine SET replayed_offset = ? WHERE offset = ? AND position = ?')
  }

  add(place: QuarantinePlace, site: string, { gateway, epoch, first, at, reason }: z.infer<typeof Quarantined>): void {
    this.#insert.run(place.offset, place.position, site, gateway, epoch, first, at, reason)
  }

  find({ offset, position }: QuarantinePlace): QuarantineEntry | undefined {
    const row = this.#find.get(offset, position)
    return row === undefined ? undefined : entryFrom(row)
  }

  replayed({ offset, position }: QuarantinePlace, as: number): void {
    this.#replayed.run(as, offset, position)
  }
}

/** Looks into the quarantine beside a running cloud. */
export interface QuarantineView {
  /** Oldest first. */
  list(): Iterable<QuarantineEntry>
  find(place: QuarantinePlace): QuarantineEntry | undefined
  /** What came, as far as it was kept. */
  sample(place: QuarantinePlace): string
  close(): void
}

/** @throws Fault `not-found` when there is no journal, `conflict` when it is of another format. */
export function viewQuarantine(path: string): QuarantineView {
  if (!existsSync(path)) throw new Fault('not-found', `There is no journal ${path}.`)
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
  try {
    const all = database.prepare('SELECT * FROM quarantine ORDER BY offset, position')
    const find = database.prepare('SELECT * FROM quarantine WHERE offset = ? AND position = ?')
    const body = database.prepare('SELECT CAST(body AS TEXT) AS body FROM entry WHERE offset = ?')
    return {
      list: () => all.iterate().map(entryFrom),
      find({ offset, position }) {
        const row = find.get(offset, position)
        return row === undefined ? undefined : entryFrom(row)
      },
      sample({ offset, position }) {
        const records: unknown = JSON.parse(String(body.get(offset)?.['body'] ?? '[]'))
        return Quarantined.parse((records as readonly unknown[])[position]).sample
      },
      close: () => database.close(),
    }
  } catch (cause) {
    database.close()
    throw new Fault('conflict', `The journal ${path} is of an older version: start the cloud once, then try again.`, {
      cause,
    })
  }
}

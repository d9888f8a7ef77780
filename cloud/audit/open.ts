import type { StatementSync } from 'node:sqlite'
import { openDatabase, transaction } from '../database/open.ts'
import type { Act, Entry } from './act.ts'
import { genesis, hashOf, type Verdict, verifyChain } from './chain.ts'

const migrations = [
  `
  -- AUTOINCREMENT remembers the highest number, so that a tail cut off is seen.
  CREATE TABLE entry (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    who     TEXT NOT NULL,
    via     TEXT NOT NULL,
    "from"  TEXT NOT NULL,
    act     TEXT NOT NULL,
    site    TEXT,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail  TEXT,
    hash    TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  `,
]

/** Longer texts are cut: the log takes what strangers say, too. */
const mostCharacters = 512

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly Entry[]
  /** `before` of the next page; undefined: this was the last. */
  readonly next: number | undefined
}

/** Who did what, when and from where: append-only, each entry chained to the one before it. */
export interface Audit {
  /** Durable when it returns. The command line may write to the same file meanwhile. */
  append(act: Act): Entry
  /** `sites`: entries that concern these only. */
  page(request: {
    readonly before?: number
    readonly limit: number
    readonly sites: readonly string[] | 'every'
  }): AuditPage
  /** Reads all of it. */
  verify(): Verdict
  close(): void
}

export function openAudit(path: string): Audit {
  const database = openDatabase({ path, migrations, durability: 'full' })
  const columns = 'number, at, who, via, "from", act, site, subject, outcome, detail, hash'
  const head = database.prepare('SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1')
  const insert = database.prepare(`INSERT INTO entry (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const all = database.prepare(`SELECT ${columns} FROM entry ORDER BY number`)
  const newest = database.prepare(`SELECT ${columns} FROM entry WHERE number < ? ORDER BY number DESC LIMIT ?`)
  const ofSites = database.prepare(
    `SELECT ${columns} FROM entry WHERE number < ? AND site IN (SELECT value FROM json_each(?)) ORDER BY number DESC LIMIT ?`,
  )
  const written = database.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'entry'`)

  return {
    append(act) {
      const kept: Act = {
        ...act,
        who: clean(act.who),
        from: clean(act.from),
        act: clean(act.act),
        subject: clean(act.subject),
        detail: act.detail === null ? null : clean(act.detail),
      }
      return transaction(database, () => {
        const before = head.get()
        const number = Number(before?.['number'] ?? 0) + 1
        const hash = hashOf(before === undefined ? genesis : String(before['hash']), number, kept)
        const { at, who, via, from, act: what, site, subject, outcome, detail } = kept
        insert.run(number, at, who, via, from, what, site, subject, outcome, detail, hash)
        return { ...kept, number, hash }
      })
    },
    page({ before = Number.MAX_SAFE_INTEGER, limit, sites }) {
      const rows =
        sites === 'every' ? newest.all(before, limit + 1) : ofSites.all(before, JSON.stringify(sites), limit + 1)
      const entries = rows.slice(0, limit).map(entryOf)
      return { entries, next: rows.length > limit ? entries.at(-1)?.number : undefined }
    },
    verify: () => verifyChain(read(all), Number(written.get()?.['seq'] ?? 0)),
    close() {
      if (database.isOpen) database.close()
    },
  }
}

function* read(statement: StatementSync): Generator<Entry> {
  for (const row of statement.iterate()) yield entryOf(row)
}

function entryOf(row: Readonly<Record<string, unknown>>): Entry {
  const text = (key: string) => String(row[key])
  const textOrNull = (key: string) => (row[key] === null ? null : text(key))
  return {
    number: Number(row['number']),
    at: Number(row['at']),
    who: text('who'),
    via: text('via') as Act['via'],
    from: text('from'),
    act: text('act'),
    site: textOrNull('site'),
    subject: text('subject'),
    outcome: text('outcome') as Act['outcome'],
    detail: textOrNull('detail'),
    hash: text('hash'),
  }
}

/** Control characters would let a stranger write lines of their own into whatever shows the log. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\uFFFD').slice(0, mostCharacters)
}

import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'

/** What a site says of one tag. Instants are Unix ms. */
export const Fact = z.object({
  sku: z.string().nullable(),
  lot: z.string().nullable(),
  expiresAt: z.int().nullable(),
  hold: z.string().nullable(),
  receivedAt: z.int().nullable(),
  owner: z.string().nullable(),
})
export type Fact = z.infer<typeof Fact>

/** What is not named stays as it was. */
export type FactPatch = { readonly [K in keyof Fact]?: Fact[K] | undefined }

const nothingSaid: Fact = { sku: null, lot: null, expiresAt: null, hold: null, receivedAt: null, owner: null }

/** Facts of a million tags: they stay in the file, and only what is not committed yet is in memory. */
export interface FactTable {
  get(site: string, epc: string): Fact | undefined
  patch(site: string, epc: string, patch: FactPatch): void
  /** Tags with a hold, or with an expiry before an instant, by EPC; what is not saved yet is not among them. */
  onHold(site: string): readonly string[]
  /** The first `limit` of those on hold, and how many there are beyond; what is not saved yet is not among them. */
  firstOnHold(site: string, limit: number): { readonly epcs: readonly string[]; readonly leftOut: number }
  sitesWithHolds(): readonly string[]
  expiringBefore(site: string, at: number): readonly string[]
  /** Writes what was patched, inside the caller's transaction; call `saved` after its commit. */
  save(): void
  saved(): void
  /** Forgets what was patched and not saved. */
  load(): void
}

export const factSchema = `
  CREATE TABLE fact (
    site TEXT NOT NULL, epc TEXT NOT NULL, sku TEXT, lot TEXT, expires_at INTEGER, hold TEXT, received_at INTEGER,
    owner TEXT, PRIMARY KEY (site, epc)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX fact_hold ON fact (site, epc) WHERE hold IS NOT NULL;
  CREATE INDEX fact_expiry ON fact (site, expires_at, epc) WHERE expires_at IS NOT NULL;
`

export function openFactTable(database: DatabaseSync): FactTable {
  const select = database.prepare(
    `SELECT sku, lot, expires_at AS expiresAt, hold, received_at AS receivedAt, owner FROM fact
     WHERE site = ? AND epc = ?`,
  )
  const put = database.prepare(
    `INSERT OR REPLACE INTO fact (site, epc, sku, lot, expires_at, hold, received_at, owner)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const held = database.prepare(
    'SELECT epc FROM fact INDEXED BY fact_hold WHERE site = ? AND hold IS NOT NULL ORDER BY epc',
  )
  const firstHeld = database.prepare(
    'SELECT epc FROM fact INDEXED BY fact_hold WHERE site = ? AND hold IS NOT NULL ORDER BY epc LIMIT ?',
  )
  const countHeld = database.prepare(
    'SELECT count(*) AS held FROM fact INDEXED BY fact_hold WHERE site = ? AND hold IS NOT NULL',
  )
  const heldSites = database.prepare(
    'SELECT DISTINCT site FROM fact INDEXED BY fact_hold WHERE hold IS NOT NULL ORDER BY site',
  )
  const expiring = database.prepare(
    'SELECT epc FROM fact WHERE site = ? AND expires_at < ? AND expires_at IS NOT NULL ORDER BY expires_at, epc',
  )
  /** site → EPC → as it will be. */
  const unsaved = new Map<string, Map<string, Fact>>()

  function get(site: string, epc: string): Fact | undefined {
    const patched = unsaved.get(site)?.get(epc)
    if (patched !== undefined) return patched
    const row = select.get(site, epc)
    return row === undefined ? undefined : Fact.parse(row)
  }
  const epcs = (rows: readonly Readonly<Record<string, unknown>>[]) => rows.map(({ epc }) => String(epc))

  return {
    get,
    patch(site, epc, patch) {
      const ofSite = unsaved.get(site) ?? new Map<string, Fact>()
      unsaved.set(site, ofSite)
      ofSite.set(epc, patched(get(site, epc) ?? nothingSaid, patch))
    },
    onHold: (site) => epcs(held.all(site)),
    firstOnHold(site, limit) {
      const first = epcs(firstHeld.all(site, limit))
      const all = first.length < limit ? first.length : Number(countHeld.get(site)?.['held'])
      return { epcs: first, leftOut: all - first.length }
    },
    sitesWithHolds: () => heldSites.all().map(({ site }) => String(site)),
    expiringBefore: (site, at) => epcs(expiring.all(site, at)),
    save() {
      for (const [site, facts] of unsaved) {
        for (const [epc, { sku, lot, expiresAt, hold, receivedAt, owner }] of facts)
          put.run(site, epc, sku, lot, expiresAt, hold, receivedAt, owner)
      }
    },
    saved: () => unsaved.clear(),
    load: () => unsaved.clear(),
  }
}

function patched(before: Fact, patch: FactPatch): Fact {
  const { sku, lot, expiresAt, hold, receivedAt, owner } = patch
  return {
    sku: sku === undefined ? before.sku : sku,
    lot: lot === undefined ? before.lot : lot,
    expiresAt: expiresAt === undefined ? before.expiresAt : expiresAt,
    hold: hold === undefined ? before.hold : hold,
    receivedAt: receivedAt === undefined ? before.receivedAt : receivedAt,
    owner: owner === undefined ? before.owner : owner,
  }
}
